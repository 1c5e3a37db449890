package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.F_DUPFD_CLOEXEC;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Owns one open descriptor: close-on-exec, closed once, by whoever holds this object. Any thread may close it; using it
 * afterwards is an {@link IllegalStateException}, never a call on a number that belongs to someone else by now.
 */
public final class Fd implements AutoCloseable {
    private static final int CLOSED = -1;

    private final AtomicInteger number;

    private Fd(int number) {
        this.number = new AtomicInteger(number);
    }

    /** Takes over a descriptor that nobody else will close. */
    public static Fd adopt(int number) {
        if (number < 0) {
            throw new IllegalArgumentException("descriptor " + number);
        }
        return new Fd(number);
    }

    /** The kernel's number, valid until {@link #close()}. */
    public int number() {
        int current = number.get();
        if (current == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return current;
    }

    public boolean isOpen() {
        return number.get() != CLOSED;
    }

    /** Another descriptor of the same open file description, close-on-exec, owned by the caller. */
    public Fd dup() {
        return dup(0);
    }

    /** As {@link #dup()}, with a number of at least {@code minimum}. */
    public Fd dup(int minimum) {
        return adopt(Native.check(Native.C.fcntl(number(), F_DUPFD_CLOEXEC, minimum), "fcntl(F_DUPFD_CLOEXEC)", this));
    }

    /** Gives the number away: this object is closed, the descriptor stays open and belongs to the caller. */
    public int release() {
        int current = number.getAndSet(CLOSED);
        if (current == CLOSED) {
            throw new IllegalStateException("descriptor is closed");
        }
        return current;
    }

    /**
     * Closes once; further calls do nothing. The result is ignored: Linux has released the number whatever close(2) says,
     * so there is nothing to retry, and nothing written through this package is buffered until close.
     */
    @Override
    public void close() {
        int current = number.getAndSet(CLOSED);
        if (current != CLOSED) {
            Native.C.close(current);
        }
    }

    /** {@code fd 7}. */
    @Override
    public String toString() {
        int current = number.get();
        return current == CLOSED ? "closed fd" : "fd " + current;
    }
}

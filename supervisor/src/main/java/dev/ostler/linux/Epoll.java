package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EPOLL_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.EPOLL_CTL_ADD;
import static dev.ostler.linux.LinuxConstants.EPOLL_CTL_DEL;
import static dev.ostler.linux.LinuxConstants.EPOLL_CTL_MOD;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.util.Objects;

/**
 * An epoll instance with its reusable event array, epoll(7), level-triggered. Owned by one thread, which alone calls it.
 * Regular files cannot be watched (EPERM). Take a descriptor out before giving it away: the kernel watches the description.
 */
public final class Epoll implements AutoCloseable {
    private static final Arch ARCH = Arch.current();

    private final Fd fd;
    private final int maxEvents;
    private final NativeBuffer events;
    private final NativeBuffer change = NativeBuffer.allocate(16);
    private int ready;

    private Epoll(Fd fd, int maxEvents) {
        this.fd = fd;
        this.maxEvents = maxEvents;
        this.events = NativeBuffer.allocate(maxEvents * ARCH.epollEventSize);
    }

    /** @param maxEvents how many events one {@link #await} can bring; the rest follows with the next */
    public static Epoll create(int maxEvents) {
        return new Epoll(Fd.adopt(check(C.epoll_create1(EPOLL_CLOEXEC), "epoll_create1", "")), maxEvents);
    }

    /**
     * @param mask EPOLLIN, EPOLLOUT, …; EPOLLERR and EPOLLHUP always report
     * @param token comes back with each event
     */
    public void add(Fd target, int mask, long token) {
        control(EPOLL_CTL_ADD, target, mask, token);
    }

    public void modify(Fd target, int mask, long token) {
        control(EPOLL_CTL_MOD, target, mask, token);
    }

    public void delete(Fd target) {
        control(EPOLL_CTL_DEL, target, 0, 0);
    }

    private void control(int operation, Fd target, int mask, long token) {
        change.bytes().putInt(0, mask);
        change.bytes().putLong(ARCH.epollDataOffset, token);
        check(C.epoll_ctl(fd.number(), operation, target.number(), change.pointer()), "epoll_ctl", target);
    }

    /**
     * Waits for events and returns how many there are; they stay readable until the next call. 0 when the time is over or a
     * signal interrupted the wait.
     *
     * @param timeoutMillis -1 = without limit, 0 = only look
     */
    public int await(int timeoutMillis) {
        ready = C.epoll_wait(fd.number(), events.pointer(), maxEvents, timeoutMillis);
        if (ready == -1) {
            Errno errno = lastError();
            ready = 0;
            if (!errno.equals(Errno.EINTR)) {
                throw new KernelException("epoll_wait", fd.toString(), errno);
            }
        }
        return ready;
    }

    /** The mask of event {@code index} of the last {@link #await}. */
    public int events(int index) {
        Objects.checkIndex(index, ready);
        return events.bytes().getInt(index * ARCH.epollEventSize);
    }

    /** The token of event {@code index} of the last {@link #await}. */
    public long token(int index) {
        Objects.checkIndex(index, ready);
        return events.bytes().getLong(index * ARCH.epollEventSize + ARCH.epollDataOffset);
    }

    @Override
    public void close() {
        fd.close();
    }
}

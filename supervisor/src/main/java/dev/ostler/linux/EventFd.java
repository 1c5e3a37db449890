package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EFD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.EFD_NONBLOCK;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

/**
 * A counter that wakes an epoll loop, eventfd(2). Any thread may signal; one thread drains. Owned by whoever created it.
 */
public final class EventFd implements AutoCloseable {
    private static final int COUNTER_BYTES = 8;

    private final Fd fd;
    private final NativeBuffer one = NativeBuffer.allocate(COUNTER_BYTES);
    private final NativeBuffer counter = NativeBuffer.allocate(COUNTER_BYTES);

    private EventFd(Fd fd) {
        this.fd = fd;
        one.bytes().putLong(0, 1);
    }

    public static EventFd create() {
        return new EventFd(Fd.adopt(check(C.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd", "")));
    }

    /** Makes it readable. A full counter (EAGAIN) is readable already. */
    public void signal() {
        Descriptors.write(fd, one, 0, COUNTER_BYTES);
    }

    /** How often it was signalled since the last call; 0 when it was not. */
    public long drain() {
        int count = Descriptors.read(fd, counter, 0, COUNTER_BYTES);
        return count == COUNTER_BYTES ? counter.bytes().getLong(0) : 0;
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}

package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.CLOCK_REALTIME;
import static dev.ostler.linux.LinuxConstants.TFD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.TFD_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.TFD_TIMER_ABSTIME;
import static dev.ostler.linux.LinuxConstants.TFD_TIMER_CANCEL_ON_SET;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.time.Instant;

/**
 * One time of the wall clock as a descriptor, timerfd_create(2) of CLOCK_REALTIME, which also tells when somebody has set the
 * clock, TFD_TIMER_CANCEL_ON_SET. Owned by one thread, which alone calls it.
 */
public final class ClockTimerFd implements AutoCloseable {
    /** struct itimerspec: it_interval, it_value, each s64 seconds and s64 nanoseconds. */
    private static final int ITIMERSPEC_BYTES = 32;

    private static final int COUNTER_BYTES = 8;

    private final Fd fd;
    private final NativeBuffer spec = NativeBuffer.allocate(ITIMERSPEC_BYTES);
    private final NativeBuffer counter = NativeBuffer.allocate(COUNTER_BYTES);

    private ClockTimerFd(Fd fd) {
        this.fd = fd;
    }

    public static ClockTimerFd create() {
        int number =
                check(C.timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create", "CLOCK_REALTIME");
        return new ClockTimerFd(Fd.adopt(number));
    }

    /**
     * Becomes readable at this time, or when the clock is set before; replaces any earlier time.
     *
     * @return whether the clock was set since the last call of this or {@link #drain}: no other call tells it
     */
    public boolean arm(Instant time) {
        spec.bytes().putLong(16, Math.max(0, time.getEpochSecond()));
        spec.bytes().putLong(24, Math.max(1, time.getNano())); // all zero would disarm
        int flags = TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET;
        if (C.timerfd_settime(fd.number(), flags, spec.pointer(), null) == -1) {
            Errno errno = lastError();
            if (errno.equals(Errno.ECANCELED)) { // armed all the same
                return true;
            }
            throw new KernelException("timerfd_settime", fd.toString(), errno);
        }
        return false;
    }

    /** Makes it quiet again; it has to be armed anew. */
    public void drain() {
        C.read(
                fd.number(),
                counter.pointer(),
                COUNTER_BYTES); // ECANCELED, EAGAIN or a count: whoever asks looks at the clock
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

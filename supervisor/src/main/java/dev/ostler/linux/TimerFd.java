package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.CLOCK_BOOTTIME;
import static dev.ostler.linux.LinuxConstants.CLOCK_MONOTONIC;
import static dev.ostler.linux.LinuxConstants.TFD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.TFD_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.TFD_TIMER_ABSTIME;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

/** One deadline as a descriptor, timerfd_create(2), with nanosecond resolution. Owned by one thread, which alone calls it. */
public final class TimerFd implements AutoCloseable {
    /** What the deadline is measured on. */
    public enum TimeBase {
        /** Stands still while the machine sleeps. */
        MONOTONIC(CLOCK_MONOTONIC),
        /** Goes on while the machine sleeps. */
        BOOTTIME(CLOCK_BOOTTIME);

        private final int number;

        TimeBase(int number) {
            this.number = number;
        }
    }

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    private static final int ITIMERSPEC_BYTES = 32;
    private static final int COUNTER_BYTES = 8;

    private final Fd fd;
    private final NativeBuffer spec = NativeBuffer.allocate(ITIMERSPEC_BYTES);
    private final NativeBuffer counter = NativeBuffer.allocate(COUNTER_BYTES);

    private TimerFd(Fd fd) {
        this.fd = fd;
    }

    public static TimerFd create(TimeBase base) {
        int number = check(C.timerfd_create(base.number, TFD_CLOEXEC | TFD_NONBLOCK), "timerfd_create", base.name());
        return new TimerFd(Fd.adopt(number));
    }

    /** Becomes readable at this time, replacing any earlier deadline; a time that has passed fires at once. */
    public void arm(long deadlineNanos) {
        set(Math.max(1, deadlineNanos)); // 0 would disarm
    }

    public void disarm() {
        set(0);
    }

    private void set(long nanos) {
        spec.bytes().putLong(16, nanos / NANOS_PER_SECOND); // it_value; it_interval stays zero
        spec.bytes().putLong(24, nanos % NANOS_PER_SECOND);
        check(C.timerfd_settime(fd.number(), TFD_TIMER_ABSTIME, spec.pointer(), null), "timerfd_settime", fd);
    }

    /** True when the deadline has passed since the last call. */
    public boolean read() {
        return Descriptors.read(fd, counter, 0, COUNTER_BYTES) == COUNTER_BYTES;
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

package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.RUSAGE_THREAD;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import java.time.Duration;

/**
 * What one thread has used since its start, getrusage(2) with RUSAGE_THREAD.
 *
 * @param voluntary switches because it waited for something
 * @param involuntary switches because another thread's turn came
 */
public record ThreadUsage(
        Duration user, Duration system, long minorFaults, long majorFaults, long voluntary, long involuntary) {
    private static final int BYTES = 144;

    /** Of the calling thread. */
    public static ThreadUsage ofThisThread() {
        NativeBuffer usage = NativeBuffer.allocate(BYTES);
        check(C.getrusage(RUSAGE_THREAD, usage.pointer()), "getrusage", "");
        return new ThreadUsage(
                time(usage, 0),
                time(usage, 16),
                usage.bytes().getLong(64),
                usage.bytes().getLong(72),
                usage.bytes().getLong(128),
                usage.bytes().getLong(136));
    }

    /** struct timeval: s64 seconds, s64 microseconds. */
    private static Duration time(NativeBuffer usage, int offset) {
        return Duration.ofSeconds(usage.bytes().getLong(offset))
                .plusNanos(usage.bytes().getLong(offset + 8) * 1_000);
    }
}

package dev.ostler.linux;

import dev.ostler.base.Pid;

/** Resource limits of a process, prlimit(2). Any platform thread. */
public final class Rlimits {
    /** Soft and hard limit in the kernel's units; {@link LinuxConstants#RLIM_INFINITY} = none. */
    public record Limit(long soft, long hard) {
        /** {@code 1024/20000}, {@code unlimited/unlimited}. */
        @Override
        public String toString() {
            return text(soft) + "/" + text(hard);
        }

        private static String text(long value) {
            return value == LinuxConstants.RLIM_INFINITY ? "unlimited" : Long.toUnsignedString(value);
        }
    }

    private static final int RLIMIT_BYTES = 16;

    private Rlimits() {}

    /** @param resource RLIMIT_*; ESRCH when there is no such process, EPERM for a process of somebody else */
    public static Limit of(Pid pid, int resource) {
        NativeBuffer out = NativeBuffer.allocate(RLIMIT_BYTES);
        Native.check(
                Native.C.prlimit(pid.value(), resource, null, out.pointer()),
                "prlimit",
                "pid " + pid + " resource " + resource);
        return new Limit(out.bytes().getLong(0), out.bytes().getLong(8));
    }
}

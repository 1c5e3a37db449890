package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

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

    /** Width of the names in /proc/PID/limits, which hold spaces. */
    private static final int NAME_COLUMN = 26;

    private Rlimits() {}

    /**
     * By prlimit(2), which wants CAP_SYS_RESOURCE for a process of somebody else; without it by /proc/PID/limits, which
     * everybody may read.
     *
     * @param resource RLIMIT_*; ESRCH when there is no such process
     */
    public static Limit of(Pid pid, int resource) {
        NativeBuffer out = NativeBuffer.allocate(RLIMIT_BYTES);
        if (Native.C.prlimit(pid.value(), resource, null, out.pointer()) == 0) {
            return new Limit(out.bytes().getLong(0), out.bytes().getLong(8));
        }
        Errno errno = Native.lastError();
        if (!errno.equals(Errno.EPERM)) {
            throw new KernelException("prlimit", "pid " + pid + " resource " + resource, errno);
        }
        Path file = Path.of("/proc/" + pid + "/limits");
        try {
            return parse(Files.readString(file), resource);
        } catch (IOException ignored) { // the file is readable by all, so it is not there
            throw new KernelException("read", file.toString(), Errno.ESRCH);
        }
    }

    /** Pure. Below the headings the resources stand in the order of their numbers, in columns of fixed width. */
    static Limit parse(String text, int resource) {
        String line = text.lines().skip(1L + resource).findFirst().orElseThrow();
        String[] words = line.substring(NAME_COLUMN).strip().split("\\s+");
        return new Limit(value(words[0]), value(words[1]));
    }

    private static long value(String word) {
        return word.equals("unlimited") ? LinuxConstants.RLIM_INFINITY : Long.parseUnsignedLong(word);
    }
}

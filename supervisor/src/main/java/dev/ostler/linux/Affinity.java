package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.util.BitSet;

/** On which CPUs a process may run, sched_getaffinity(2). Any platform thread. */
public final class Affinity {
    /** Room for 8192 CPUs, the most the kernel can be built for. */
    private static final int MASK_BYTES = 1024;

    private Affinity() {}

    /** CPUs of the main thread; ESRCH when there is no such process. */
    public static BitSet of(Pid pid) {
        NativeBuffer mask = NativeBuffer.allocate(MASK_BYTES);
        Native.check(
                Native.C.sched_getaffinity(pid.value(), MASK_BYTES, mask.pointer()), "sched_getaffinity", "pid " + pid);
        byte[] bytes = new byte[MASK_BYTES];
        mask.bytes().get(0, bytes);
        return BitSet.valueOf(bytes);
    }

    /** Reads {@code 0-3,7}, the kernel's list format (cpuset(7)); {@link IllegalArgumentException} for anything else. */
    public static BitSet parseList(String text) {
        BitSet cpus = new BitSet();
        if (text.isBlank()) {
            return cpus;
        }
        for (String part : text.strip().split(",", -1)) {
            String[] range = part.split("-", 2);
            int first = Integer.parseUnsignedInt(range[0]);
            int last = range.length == 1 ? first : Integer.parseUnsignedInt(range[1]);
            if (first < 0 || last < first || last >= MASK_BYTES * 8) {
                throw new IllegalArgumentException("CPU list \"" + text + "\"");
            }
            cpus.set(first, last + 1);
        }
        return cpus;
    }

    /** The inverse of {@link #parseList}. */
    public static String formatList(BitSet cpus) {
        StringBuilder text = new StringBuilder();
        for (int first = cpus.nextSetBit(0); first >= 0; ) {
            int end = cpus.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end - 1 > first) {
                text.append('-').append(end - 1);
            }
            first = cpus.nextSetBit(end);
        }
        return text.toString();
    }
}

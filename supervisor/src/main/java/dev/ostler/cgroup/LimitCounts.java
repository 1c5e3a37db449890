package dev.ostler.cgroup;

import java.util.Locale;

/**
 * What the kernel has counted about the limits of one run.
 *
 * @param oomKills processes it has killed as the memory limit was used up
 * @param pidsDenied processes and threads that pids_limit has refused
 * @param peakBytes the most memory that was used; 0 = not known
 * @param limitBytes the limit of that; 0 = not known
 */
public record LimitCounts(long oomKills, long pidsDenied, long peakBytes, long limitBytes) {
    /** {@code 63.9 MiB of 64 MiB}. */
    public String memory() {
        return mebibytes(peakBytes) + " of " + mebibytes(limitBytes);
    }

    private static String mebibytes(long bytes) {
        double value = bytes / (double) (1 << 20);
        return value == Math.rint(value) ? (long) value + " MiB" : String.format(Locale.ROOT, "%.1f MiB", value);
    }
}

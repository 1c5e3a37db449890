package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How the disks are shared between services, and how much of one a service may use (cgroups(7): io, blkio).
 *
 * @param weight share when a disk is busy, 10 to 1000
 */
public record BlkioSpec(Optional<Located<Integer>> weight, List<Rate> rates) {
    public static final BlkioSpec NONE = new BlkioSpec(Optional.empty(), List.of());

    /** What a rate counts, with its names in both versions of cgroups. */
    public enum Kind {
        READ_BPS("rbps", "read_bps_device"),
        WRITE_BPS("wbps", "write_bps_device"),
        READ_IOPS("riops", "read_iops_device"),
        WRITE_IOPS("wiops", "write_iops_device");

        private final String second;
        private final String first;

        Kind(String second, String first) {
            this.second = second;
            this.first = first;
        }

        /** In io.max of version 2. */
        public String second() {
            return second;
        }

        /** Behind {@code blkio.throttle.} in version 1. */
        public String first() {
            return first;
        }
    }

    /**
     * The most of a disk.
     *
     * @param device its device file
     * @param perSecond bytes or operations
     */
    public record Rate(Kind kind, Path device, long perSecond, Origin origin) {}

    public BlkioSpec {
        rates = List.copyOf(rates);
    }
}

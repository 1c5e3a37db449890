package dev.ostler.spec;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Located;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Limits of all processes of a service together (cgroups(7)).
 *
 * @param memory hard limit
 * @param memoryHigh above it the service is slowed down and its pages are taken back
 * @param memoryReservation what it may keep when memory is short
 * @param memoryAndSwap hard limit of both together
 * @param oomGroup whether an OOM kill takes the whole service
 * @param pids processes and threads
 * @param cpus CPU time a second, 1.5 = one and a half CPUs
 * @param cpuWeight share when CPUs are short, 1 to 10000, 100 is the usual one
 * @param cpuset CPUs it may run on, ascending; the service itself cannot leave them
 * @param hugetlb huge pages by page size
 * @param blkio disks
 */
public record CgroupSpec(
        Optional<Located<ByteSize>> memory,
        Optional<Located<ByteSize>> memoryHigh,
        Optional<Located<ByteSize>> memoryReservation,
        Optional<Located<ByteSize>> memoryAndSwap,
        Optional<Located<Boolean>> oomGroup,
        Optional<Located<Long>> pids,
        Optional<Located<Double>> cpus,
        Optional<Located<Integer>> cpuWeight,
        Optional<Located<List<Integer>>> cpuset,
        Map<ByteSize, Located<ByteSize>> hugetlb,
        BlkioSpec blkio,
        IfUnsupported ifUnsupported) {
    public static final CgroupSpec NONE = new CgroupSpec(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            BlkioSpec.NONE,
            IfUnsupported.FAIL);

    public CgroupSpec {
        hugetlb = Collections.unmodifiableMap(new LinkedHashMap<>(hugetlb));
    }
}

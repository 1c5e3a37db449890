package dev.ostler.plan;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.BlkioSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.IfUnsupported;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Limits of a service as a whole, in the files of whichever hierarchy has the controller on this host: version 2 where
 * it is delegated, else version 1.
 */
final class CgroupLimits {
    /** Period of the CPU quota, the kernel's own default, microseconds. */
    private static final int PERIOD_MICROS = 100_000;

    private static final long KILO = 1024;

    private final Draft draft;
    private final CgroupSpec spec;
    private final List<CgroupFile> files = new ArrayList<>();

    private CgroupLimits(Draft draft) {
        this.draft = draft;
        this.spec = draft.service().cgroup();
    }

    /** In the order in which they have to be written. */
    static List<CgroupFile> compile(Draft draft) {
        if (draft.service().cgroup() == CgroupSpec.NONE) {
            return List.of();
        }
        CgroupLimits limits = new CgroupLimits(draft);
        limits.memory();
        limits.pids();
        limits.cpu();
        limits.cpuset();
        limits.spec.hugetlb().forEach(limits::hugetlb);
        limits.blkio();
        return List.copyOf(limits.files);
    }

    /** The version that has the controller; a problem, or an item left out, where none has. */
    private Optional<CgroupVersion> version(String controller, Origin origin) {
        HostFacts.Controller found = draft.slowFacts().controller(controller);
        if (found.version().isEmpty()) {
            unsupported(origin, "the cgroup controller \"" + controller + "\" cannot be used here: " + found.why());
        }
        return found.version();
    }

    private void unsupported(Origin origin, String why) {
        String text = "cannot limit \"" + draft.service().name() + "\": " + why;
        if (spec.ifUnsupported() == IfUnsupported.WARN) {
            draft.degraded(origin, text);
        } else {
            draft.problem(origin, text);
        }
    }

    private void add(String controller, CgroupVersion version, String file, Object value, Origin origin) {
        files.add(new CgroupFile(controller, version, file, value.toString(), origin));
    }

    private void either(
            String controller, Origin origin, String first, Object firstValue, String second, Object value) {
        version(controller, origin)
                .ifPresent(version -> add(
                        controller,
                        version,
                        version == CgroupVersion.V1 ? first : second,
                        version == CgroupVersion.V1 ? firstValue : value,
                        origin));
    }

    private void onlySecond(String controller, String file, Object value, Origin origin) {
        Optional<CgroupVersion> version = version(controller, origin);
        if (version.equals(Optional.of(CgroupVersion.V1))) {
            unsupported(
                    origin, file + " exists in cgroup v2 only, and \"" + controller + "\" is in a v1 hierarchy here");
        } else {
            version.ifPresent(found -> add(controller, found, file, value, origin));
        }
    }

    private void memory() {
        spec.memory().ifPresent(limit -> bytes(limit, "memory.limit_in_bytes", "memory.max"));
        spec.memoryHigh()
                .ifPresent(limit ->
                        onlySecond("memory", "memory.high", limit.value().bytes(), limit.origin()));
        spec.memoryReservation().ifPresent(limit -> bytes(limit, "memory.soft_limit_in_bytes", "memory.low"));
        spec.memoryAndSwap().ifPresent(this::swap);
        spec.oomGroup()
                .ifPresent(group -> onlySecond("memory", "memory.oom.group", group.value() ? 1 : 0, group.origin()));
    }

    private void bytes(Located<ByteSize> limit, String first, String second) {
        long value = limit.value().bytes();
        either("memory", limit.origin(), first, value, second, value);
    }

    /** Version 2 counts swap alone. */
    private void swap(Located<ByteSize> both) {
        if (spec.memory().isEmpty()) {
            draft.problem(both.origin(), "\"memswap_limit\" needs \"mem_limit\"");
            return;
        }
        long memory = spec.memory().get().value().bytes();
        if (both.value().bytes() < memory) {
            draft.problem(both.origin(), "\"memswap_limit\" is memory and swap together, so at least \"mem_limit\"");
            return;
        }
        long value = both.value().bytes();
        either("memory", both.origin(), "memory.memsw.limit_in_bytes", value, "memory.swap.max", value - memory);
    }

    private void pids() {
        spec.pids()
                .ifPresent(
                        limit -> either("pids", limit.origin(), "pids.max", limit.value(), "pids.max", limit.value()));
    }

    private void cpu() {
        spec.cpus().ifPresent(cpus -> {
            long quota = Math.round(cpus.value() * PERIOD_MICROS);
            version("cpu", cpus.origin()).ifPresent(version -> {
                if (version == CgroupVersion.V1) {
                    add("cpu", version, "cpu.cfs_period_us", PERIOD_MICROS, cpus.origin());
                    add("cpu", version, "cpu.cfs_quota_us", quota, cpus.origin());
                } else {
                    add("cpu", version, "cpu.max", quota + " " + PERIOD_MICROS, cpus.origin());
                }
            });
        });
        spec.cpuWeight().ifPresent(weight -> {
            // the ranges of both files laid over each other: 1 to 10000, 2 to 262144
            long shares = 2 + (weight.value() - 1) * 262_142L / 9_999;
            either("cpu", weight.origin(), "cpu.shares", shares, "cpu.weight", weight.value());
        });
    }

    private void cpuset() {
        spec.cpuset().ifPresent(cpus -> {
            String list = PlanWords.cpus(cpus.value());
            version("cpuset", cpus.origin()).ifPresent(version -> {
                if (version == CgroupVersion.V1) { // empty in a new cgroup, and nobody can join before it is set
                    add("cpuset", version, "cpuset.mems", draft.facts().memoryNodes(), cpus.origin());
                }
                add("cpuset", version, "cpuset.cpus", list, cpus.origin());
            });
        });
    }

    /** The reservation is limited too: without it the service gets SIGBUS at the first touch instead of an error. */
    private void hugetlb(ByteSize page, Located<ByteSize> limit) {
        String name = "hugetlb." + pageSize(page) + ".";
        Object value = limit.value().bytes();
        version("hugetlb", limit.origin()).ifPresent(version -> {
            String file = version == CgroupVersion.V1 ? "limit_in_bytes" : "max";
            add("hugetlb", version, name + file, value, limit.origin());
            add("hugetlb", version, name + "rsvd." + file, value, limit.origin());
        });
    }

    /** Rates of the same disk lie in one line of version 2, which keeps what is not named when it is written again. */
    private void blkio() {
        spec.blkio().weight().ifPresent(this::weight);
        for (BlkioSpec.Rate rate : spec.blkio().rates()) {
            HostFacts.BlockDevice device = draft.facts().blockDevice(rate.device());
            if (!device.obstacle().isEmpty()) {
                draft.problem(rate.origin(), "cannot limit \"" + draft.service().name() + "\": " + device.obstacle());
                continue;
            }
            ioVersion(rate.origin()).ifPresent(version -> {
                if (version == CgroupVersion.V1) {
                    String file = "blkio.throttle." + rate.kind().first();
                    add("blkio", version, file, device + " " + rate.perSecond(), rate.origin());
                } else {
                    String value = rate.kind().second() + "=" + rate.perSecond();
                    add("io", version, "io.max", device + " " + value, rate.origin());
                }
            });
        }
    }

    /** The controller has another name in each version. */
    private Optional<CgroupVersion> ioVersion(Origin origin) {
        HostFacts.Controller first = draft.slowFacts().controller("blkio");
        if (first.version().equals(Optional.of(CgroupVersion.V1))) {
            return first.version();
        }
        HostFacts.Controller second = draft.slowFacts().controller("io");
        if (second.version().isEmpty()) {
            unsupported(
                    origin,
                    "the cgroup controller \"io\" cannot be used here: " + second.why() + "; nor can \"blkio\" of"
                            + " version 1: " + first.why());
        }
        return second.version();
    }

    /** In version 1 only the scheduler BFQ knows weights, and has a file of its own. */
    private void weight(Located<Integer> weight) {
        Optional<CgroupVersion> version = ioVersion(weight.origin());
        if (version.equals(Optional.of(CgroupVersion.V1))) {
            unsupported(weight.origin(), "io.weight exists in cgroup v2 only, and \"blkio\" is in a v1 hierarchy here");
        } else {
            // the ranges laid over each other: 10 to 1000, 1 to 10000
            long share = 1 + (weight.value() - 10) * 9_999L / 990;
            version.ifPresent(found -> add("io", found, "io.weight", share, weight.origin()));
        }
    }

    /** As the kernel names it: {@code 2MB}, {@code 1GB}. */
    private static String pageSize(ByteSize page) {
        long bytes = page.bytes();
        for (String unit : List.of("B", "KB", "MB", "GB")) {
            if (bytes < KILO || bytes % KILO != 0) {
                return bytes + unit;
            }
            bytes /= KILO;
        }
        return bytes + "TB";
    }

    /** Controllers in v1 hierarchies; their cgroups are joined by the process itself, one descriptor each. */
    static List<String> joined(List<CgroupFile> files) {
        return files.isEmpty()
                ? List.of()
                : files.stream()
                        .filter(file -> file.version() == CgroupVersion.V1)
                        .map(CgroupFile::controller)
                        .distinct()
                        .toList();
    }
}

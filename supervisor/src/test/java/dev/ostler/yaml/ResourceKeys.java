package dev.ostler.yaml;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Origin;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UlimitSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Limits and resources. */
final class ResourceKeys extends KeyRows {
    ResourceKeys() {
        limits();
        cgroup();
        resources();
    }

    private void limits() {
        Function<ServiceSpec, Object> ulimits = s -> s.limits().ulimits().stream()
                .map(u -> u.resource() + " " + u.soft() + " " + u.hard())
                .toList();
        row(
                "ulimits",
                "ulimits: { nofile: unlimited }",
                ulimits,
                List.of("NOFILE " + UlimitSpec.INFINITY + " " + UlimitSpec.INFINITY),
                List.of());
        row(
                "ulimits.NAME.soft",
                "ulimits: { core: { soft: 0, hard: unlimited } }",
                ulimits,
                List.of("CORE 0 -1"),
                List.of());
        row(
                "ulimits.NAME.hard",
                "ulimits: { nofile: { soft: 1, hard: 2 } }",
                ulimits,
                List.of("NOFILE 1 2"),
                List.of());
        for (UlimitSpec.Resource resource : UlimitSpec.Resource.values()) {
            String key = resource.name().toLowerCase(Locale.ROOT);
            row("ulimits." + key, "ulimits: { " + key + ": 7 }", ulimits, List.of(resource + " 7 7"), List.of());
        }
        row("nice", "nice: -5", s -> value(s.limits().nice()), -5, "-");
        row("oom_score_adj", "oom_score_adj: 500", s -> value(s.limits().oomScoreAdj()), 500, "-");
        row("cpu_affinity", "cpu_affinity: \"3,0-1\"", s -> value(s.limits().cpuAffinity()), List.of(0, 1, 3), "-");
    }

    private void cgroup() {
        row("mem_limit", "mem_limit: 512m", s -> value(s.cgroup().memory()), new ByteSize(512 << 20), "-");
        row(
                "mem_reservation",
                "mem_reservation: 1k",
                s -> value(s.cgroup().memoryReservation()),
                new ByteSize(1024),
                "-");
        row("memswap_limit", "memswap_limit: 1k", s -> value(s.cgroup().memoryAndSwap()), new ByteSize(1024), "-");
        row("pids_limit", "pids_limit: 256", s -> value(s.cgroup().pids()), 256L, "-");
        row("cpus", "cpus: 1.5", s -> value(s.cgroup().cpus()), 1.5, "-");
        row("cpu_weight", "cpu_weight: 200", s -> value(s.cgroup().cpuWeight()), 200, "-");
        row("cpuset", "cpuset: \"0-1,3\"", s -> value(s.cgroup().cpuset()), List.of(0, 1, 3), "-");
        row(
                "hugetlb",
                "hugetlb: { 2m: 64m }",
                s -> s.cgroup().hugetlb().entrySet().stream()
                        .map(e ->
                                e.getKey().bytes() + " " + e.getValue().value().bytes())
                        .toList(),
                List.of("2097152 67108864"),
                List.of());
        row("blkio_config", "blkio_config: {}", s -> s.cgroup().blkio().rates(), List.of(), List.of());
        row(
                "blkio_config.weight",
                "blkio_config: { weight: 500 }",
                s -> value(s.cgroup().blkio().weight()),
                500,
                "-");
        for (String kind : List.of("read_bps", "write_bps", "read_iops", "write_iops")) {
            Function<ServiceSpec, Object> rate = s -> s.cgroup().blkio().rates().stream()
                    .map(r -> r.kind() + " " + r.device() + " " + r.perSecond() + " "
                            + r.origin().key())
                    .toList();
            String list = "device_" + kind;
            String yaml = "blkio_config: { " + list + ": [{ path: /dev/sda, rate: 100 }] }";
            List<String> read = List.of(
                    kind.toUpperCase(Locale.ROOT) + " /dev/sda 100 services.web.blkio_config." + list + "[0].path");
            row("blkio_config." + list, yaml, rate, read, List.of());
            if (kind.equals("read_bps")) {
                row("blkio_config." + list + "[].path", yaml, rate, read, List.of());
                row("blkio_config." + list + "[].rate", yaml, rate, read, List.of());
            }
        }
        row("cgroup", "cgroup: {}", s -> value(s.cgroup().memoryHigh()), "-", "-");
        Function<ServiceSpec, Object> high = s -> value(s.cgroup().memoryHigh());
        row("cgroup.memory_high", "cgroup: { memory_high: 1m }", high, new ByteSize(1 << 20), "-");
        row(
                "cgroup.oom_group",
                "cgroup: { oom_group: true }",
                s -> value(s.cgroup().oomGroup()),
                true,
                "-");
        row(
                "cgroup.if_unsupported",
                "cgroup: { if_unsupported: warn }",
                s -> s.cgroup().ifUnsupported(),
                IfUnsupported.WARN,
                IfUnsupported.FAIL);
    }

    private void resources() {
        resource("scheduling", "scheduling: idle", "Scheduling", "IDLE 0 false 0ns 0ns 0ns FAIL");
        resource("scheduling.policy", "scheduling: { policy: batch }", "Scheduling", "BATCH 0 false 0ns 0ns 0ns FAIL");
        resource(
                "scheduling.priority",
                "scheduling: { policy: rr, priority: 99 }",
                "Scheduling",
                "RR 99 false 0ns 0ns 0ns FAIL");
        String deadline = "scheduling: { policy: deadline, runtime: 2ms, deadline: 10ms";
        resource("scheduling.runtime", deadline + " }", "Scheduling", "DEADLINE 0 false 2ms 10ms 10ms FAIL");
        resource("scheduling.deadline", deadline + " }", "Scheduling", "DEADLINE 0 false 2ms 10ms 10ms FAIL");
        resource(
                "scheduling.period",
                deadline + ", period: 1s }",
                "Scheduling",
                "DEADLINE 0 false 2ms 10ms 1000ms FAIL");
        resource(
                "scheduling.reset_on_fork",
                "scheduling: { policy: fifo, priority: 1, reset_on_fork: true }",
                "Scheduling",
                "FIFO 1 true 0ns 0ns 0ns FAIL");
        resource(
                "scheduling.if_unsupported",
                "scheduling: { policy: fifo, priority: 1, if_unsupported: warn }",
                "Scheduling",
                "FIFO 1 false 0ns 0ns 0ns WARN");
        resource("io_priority", "io_priority: idle", "IoPriority", "IDLE 0 FAIL");
        resource("io_priority.class", "io_priority: { class: best-effort }", "IoPriority", "BEST_EFFORT 4 FAIL");
        resource("io_priority.level", "io_priority: { class: realtime, level: 7 }", "IoPriority", "REALTIME 7 FAIL");
        resource(
                "io_priority.if_unsupported",
                "io_priority: { class: realtime, if_unsupported: warn }",
                "IoPriority",
                "REALTIME 4 WARN");
        resource("numa", "numa: local", "Numa", "LOCAL [] FAIL");
        resource("numa.policy", "numa: { policy: default }", "Numa", "DEFAULT [] FAIL");
        resource("numa.nodes", "numa: { policy: bind, nodes: \"0-1,3\" }", "Numa", "BIND [0, 1, 3] FAIL");
        resource(
                "numa.if_unsupported",
                "numa: { policy: preferred, nodes: 1, if_unsupported: warn }",
                "Numa",
                "PREFERRED [1] WARN");
        resource("timer_slack", "timer_slack: 50us", "TimerSlack", "50000ns");
        resource("transparent_hugepages", "transparent_hugepages: false", "TransparentHugepages", "false");
        String mdwe = "memory_deny_write_execute";
        resource(mdwe, mdwe + ": true", "MemoryDenyWriteExecute", "false FAIL");
        resource(mdwe + ".value", mdwe + ": { value: true }", "MemoryDenyWriteExecute", "false FAIL");
        resource(mdwe + ".force", mdwe + ": { value: true, force: true }", "MemoryDenyWriteExecute", "true FAIL");
        resource(
                mdwe + ".if_unsupported",
                mdwe + ": { value: true, if_unsupported: warn }",
                "MemoryDenyWriteExecute",
                "false WARN");
        resource("core_scheduling", "core_scheduling: true", "CoreScheduling", "FAIL");
        withValue("core_scheduling", "true", "CoreScheduling", "");
        resource("coredump_filter", "coredump_filter: 0x7f", "CoredumpFilter", "127 FAIL");
        withValue("coredump_filter", "[private-anonymous, elf-headers, shared-dax]", "CoredumpFilter", "273 ");
        resource("keyring", "keyring: inherit", "Keyring", "false FAIL");
        withValue("keyring", "private", "Keyring", "true ");
        resource("tsc", "tsc: deny", "DenyTsc", "FAIL");
        withValue("tsc", "deny", "DenyTsc", "");
    }

    private void withValue(String key, String value, String kind, String expected) {
        resource(key + ".value", key + ": { value: " + value + " }", kind, expected + "FAIL");
        String warn = key + ": { value: " + value + ", if_unsupported: warn }";
        resource(key + ".if_unsupported", warn, kind, expected + "WARN");
    }

    /** @param expected the values of the record, without its origin */
    private void resource(String key, String yaml, String kind, String expected) {
        row(
                key,
                yaml,
                s -> s.limits().resources().stream().map(ResourceKeys::values).toList(),
                List.of(kind + " " + expected),
                List.of());
    }

    private static String values(ResourceItem item) {
        StringBuilder text = new StringBuilder(item.getClass().getSimpleName());
        for (var component : item.getClass().getRecordComponents()) {
            try {
                Object value = component.getAccessor().invoke(item);
                if (value instanceof Duration duration) {
                    value = duration.toNanos() % 1_000_000 == 0 && !duration.isZero()
                            ? duration.toMillis() + "ms"
                            : duration.toNanos() + "ns";
                }
                text.append(value instanceof Origin ? "" : " " + value);
            } catch (ReflectiveOperationException e) {
                throw new AssertionError(e);
            }
        }
        return text.toString();
    }
}

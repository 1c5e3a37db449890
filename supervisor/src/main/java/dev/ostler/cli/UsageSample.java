package dev.ostler.cli;

import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.CgroupUsage;
import dev.ostler.linux.ProcUsage;
import dev.ostler.supervise.RunRoots;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What services use at one moment: asked of their cgroups as far as these count it, and of /proc for the rest. */
final class UsageSample {
    private final Map<Pid, ProcUsage> processes;
    private final Map<Integer, List<Pid>> children = new HashMap<>();

    /**
     * Of one service.
     *
     * @param cpu since its start; without a cgroup of the processes that are left
     * @param tasks processes and threads
     */
    record Usage(Duration cpu, long memoryBytes, long tasks) {}

    private UsageSample(Map<Pid, ProcUsage> processes) {
        this.processes = processes;
        processes.forEach((pid, usage) -> children.computeIfAbsent(usage.parent(), parent -> new ArrayList<>())
                .add(pid));
    }

    /** Now. Reads many files: for a thread of its own. */
    static Map<ServiceName, Usage> take(Map<ServiceName, RunRoots> roots) {
        UsageSample sample = new UsageSample(ProcUsage.all());
        Map<ServiceName, Usage> usages = new LinkedHashMap<>();
        roots.forEach((name, root) -> usages.put(name, sample.of(root)));
        return usages;
    }

    private Usage of(RunRoots root) {
        Usage seen = sum(root);
        Optional<CgroupUsage> counted = root.cgroup().map(CgroupUsage::of);
        return new Usage(
                root.cgroup().flatMap(CgroupUsage::cpu).orElse(seen.cpu()),
                counted.flatMap(CgroupUsage::memoryBytes).orElse(seen.memoryBytes()),
                counted.flatMap(CgroupUsage::pids).orElse(seen.tasks()));
    }

    private Usage sum(RunRoots root) {
        Duration cpu = Duration.ZERO;
        long memory = 0;
        long tasks = 0;
        for (Pid pid : descendants(root)) {
            ProcUsage usage = processes.get(pid);
            cpu = cpu.plus(usage.cpu());
            memory += usage.residentBytes();
            tasks += usage.threads();
        }
        return new Usage(cpu, memory, tasks);
    }

    private List<Pid> descendants(RunRoots root) {
        List<Pid> found = new ArrayList<>();
        Deque<Pid> todo = new ArrayDeque<>();
        if (processes.containsKey(root.ancestor())) {
            todo.add(root.ancestor());
        }
        while (!todo.isEmpty()) {
            Pid pid = todo.remove();
            found.add(pid);
            todo.addAll(children.getOrDefault(pid.value(), List.of()));
        }
        if (root.guarded()) {
            found.remove(root.ancestor());
        }
        return found;
    }
}

package dev.ostler.supervise;

import dev.ostler.plan.HostFacts;
import dev.ostler.plan.KernelFeature;
import dev.ostler.spec.KernelCondition;
import java.util.Optional;

/** What of the kernel a service needs, and cannot have here: the answers that {@code doctor} gives. Any platform thread. */
public final class KernelConditions {
    private KernelConditions() {}

    /** In words; empty when it is there. */
    public static Optional<String> obstacle(KernelCondition condition, HostFacts facts) {
        return switch (condition) {
            case USER_NAMESPACES -> facts.userNamespaceObstacle();
            case LANDLOCK ->
                facts.landlock().abi() > 0
                        ? Optional.empty()
                        : Optional.of(
                                facts.landlock().refusal().map(Object::toString).orElse("not in this kernel"));
            case SECCOMP -> facts.seccompActions().isEmpty() ? Optional.of("not in this kernel") : Optional.empty();
            case LIBSECCOMP -> facts.libseccomp().isPresent() ? Optional.empty() : Optional.of("not installed");
            case CGROUP_MEMORY, CGROUP_PIDS, CGROUP_CPU, CGROUP_CPUSET, CGROUP_HUGETLB ->
                controller(condition.toString().substring("cgroup ".length()), facts);
            case IO_PRIORITY, NUMA, MEMORY_DENY_WRITE_EXECUTE, CORE_SCHEDULING, COREDUMP_FILTER, KEYRINGS, TSC ->
                facts.obstacle(KernelFeature.valueOf(condition.name()));
        };
    }

    private static Optional<String> controller(String name, HostFacts facts) {
        HostFacts.Controller found = facts.controller(name);
        return found.version().isPresent() ? Optional.empty() : Optional.of(found.why());
    }
}

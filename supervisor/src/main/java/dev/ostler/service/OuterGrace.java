package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.StopChains;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * How much of the times on its ladder each service gets when the project goes down, so that all chains of dependencies end
 * within what Docker or Kubernetes allows before they send SIGKILL. Immutable; any thread.
 */
final class OuterGrace {
    private final Map<ServiceName, Double> shares = new HashMap<>();

    OuterGrace(ProjectSpec project) {
        project.outerGrace().map(StopChains::usable).ifPresent(usable -> {
            StopChains chains = new StopChains(project.services());
            project.services().forEach(spec -> shares.put(spec.name(), share(usable, chains.through(spec.name()))));
        });
    }

    private static double share(Duration usable, Duration chain) {
        return chain.compareTo(usable) <= 0 ? 1 : usable.toNanos() / (double) chain.toNanos();
    }

    /** Whether anybody allows less than all of the time. */
    boolean isSet() {
        return !shares.isEmpty();
    }

    /** From 0 to 1. */
    double share(ServiceName service) {
        return shares.getOrDefault(service, 1.0);
    }
}

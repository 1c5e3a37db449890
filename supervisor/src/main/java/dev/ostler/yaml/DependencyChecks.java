package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Dependencies that can never be met, whatever happens. */
final class DependencyChecks {
    private DependencyChecks() {}

    static void check(List<ServiceSpec> services, Problems problems) {
        Map<ServiceName, ServiceSpec> byName = new HashMap<>();
        services.forEach(service -> byName.put(service.name(), service));
        for (ServiceSpec service : services) {
            for (Dependency dependency : service.dependsOn()) {
                ServiceSpec needed = byName.get(dependency.service());
                if (needed != null) { // otherwise its own problems have been told
                    check(service, dependency, needed, problems);
                }
            }
        }
    }

    private static void check(ServiceSpec service, Dependency dependency, ServiceSpec needed, Problems problems) {
        boolean neverStarted =
                needed.lifecycle().disabled() && !service.lifecycle().disabled();
        if (neverStarted && dependency.required()) {
            problems.add(
                    dependency.origin(),
                    "\"" + needed.name() + "\" is disabled, so \"" + service.name() + "\" would never be started");
        }
        if (needed.activation().onDemand() && !needed.activation().onTraffic()) {
            problems.add(
                    dependency.origin(),
                    "\"" + needed.name() + "\" is started by its own activation: nothing can depend on it");
        }
        boolean alwaysRestarted = needed.restart().policy() == RestartSpec.Policy.ALWAYS;
        if (alwaysRestarted && !dependency.condition().isOfRunning()) {
            problems.add(
                    dependency.origin(),
                    "\"" + needed.name() + "\" is always restarted, so it never is " + dependency.condition());
        }
    }
}

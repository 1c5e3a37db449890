package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The order in which services go down together: a whole project, or those of one command. Stateless; any thread. */
public final class StopOrder {
    private StopOrder() {}

    /** Services that are leaving and that nothing which ends with them needs any more, even through others. */
    public static List<ServiceName> mayEndNow(
            DependencyGraph graph,
            Function<ServiceName, ServiceSpec> specs,
            Function<ServiceName, ServiceStatus> statuses) {
        Set<ServiceName> needed = new HashSet<>();
        List<ServiceName> result = new ArrayList<>();
        for (ServiceName name : graph.stopOrder()) { // dependents come first, so what is needed is known in time
            ServiceStatus status = statuses.apply(name);
            boolean alive = status.state().isAlive();
            if (status.isLeaving() && !needed.contains(name)) {
                result.add(name);
            }
            if (alive && (status.wanted() == Wanted.DOWN || status.startAgain()) || needed.contains(name)) {
                needed.addAll(graph.dependencies(name));
            } else if (alive && !graph.dependencies(name).isEmpty()) {
                specs.apply(name).dependsOn().stream()
                        .filter(dependency -> endsWith(dependency, statuses.apply(dependency.service())))
                        .forEach(dependency -> needed.add(dependency.service()));
            }
        }
        return result;
    }

    private static boolean endsWith(Dependency dependency, ServiceStatus status) {
        return dependency.restart() && !(DependencyOutlook.of(dependency, status) instanceof DependencyOutlook.Met);
    }
}

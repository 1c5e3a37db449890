package dev.ostler.service;

import dev.ostler.base.ServiceName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The order in which a whole project goes down. Stateless; any thread. */
public final class StopOrder {
    private StopOrder() {}

    /** Services that run, are not being ended yet, and that nothing alive needs any more, even through others. */
    public static List<ServiceName> mayStopNow(DependencyGraph graph, Function<ServiceName, ServiceStatus> statuses) {
        Set<ServiceName> needed = new HashSet<>();
        List<ServiceName> result = new ArrayList<>();
        for (ServiceName name : graph.stopOrder()) { // dependents come first, so what is needed is known in time
            ServiceState state = statuses.apply(name).state();
            if (state.isAlive() || needed.contains(name)) {
                needed.addAll(graph.dependencies(name));
            }
            if (statuses.apply(name).isUnderWay() && !needed.contains(name)) {
                result.add(name);
            }
        }
        return result;
    }
}

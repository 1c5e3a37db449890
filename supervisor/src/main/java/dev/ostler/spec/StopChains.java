package dev.ostler.spec;

import dev.ostler.base.ServiceName;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * How long a project may take to go down: a service stops only when all that need it have stopped, so the stops of a chain of
 * dependencies come one after the other. Immutable; any thread.
 */
public final class StopChains {
    private static final Duration MOST_RESERVE = Duration.ofSeconds(1);

    private final Map<ServiceName, ServiceSpec> services = new LinkedHashMap<>();
    private final Map<ServiceName, List<ServiceName>> dependents = new HashMap<>();
    private final Map<ServiceName, Duration> below = new HashMap<>();
    private final Map<ServiceName, Duration> above = new HashMap<>();

    /** @param specs without cycles; a dependency that is not among them counts for nothing */
    public StopChains(Collection<ServiceSpec> specs) {
        specs.forEach(spec -> services.put(spec.name(), spec));
        for (ServiceSpec spec : specs) {
            for (ServiceName dependency : dependencies(spec.name())) {
                dependents
                        .computeIfAbsent(dependency, name -> new ArrayList<>())
                        .add(spec.name());
            }
        }
    }

    /** What of an outer grace is there for services: the rest is for SIGKILL to what is left, for the logs and for Ostler. */
    public static Duration usable(Duration outerGrace) {
        Duration reserve = outerGrace.dividedBy(10);
        return outerGrace.minus(reserve.compareTo(MOST_RESERVE) < 0 ? reserve : MOST_RESERVE);
    }

    /** The longest chain that a service is part of. */
    public Duration through(ServiceName service) {
        return below(service).plus(above(service)).minus(grace(service));
    }

    /** The longest chain of all, in the order of its stops; empty without services. */
    public List<ServiceName> longest() {
        List<ServiceName> chain = new ArrayList<>();
        Collection<ServiceName> next = services.keySet();
        while (!next.isEmpty()) {
            ServiceName slowest =
                    next.stream().max((a, b) -> below(a).compareTo(below(b))).orElseThrow();
            chain.add(slowest);
            next = dependencies(slowest);
        }
        return chain;
    }

    private Duration grace(ServiceName service) {
        return services.get(service).stop().grace();
    }

    private List<ServiceName> dependencies(ServiceName service) {
        return services.get(service).dependsOn().stream()
                .map(Dependency::service)
                .filter(services::containsKey)
                .toList();
    }

    /** Its own stop, and then those of what it needs. */
    private Duration below(ServiceName service) {
        return sum(service, below, this::dependencies);
    }

    /** Its own stop, and before that those of what needs it. */
    private Duration above(ServiceName service) {
        return sum(service, above, name -> dependents.getOrDefault(name, List.of()));
    }

    /** Without recursion, so that a chain of any length is fine: a service is done when all that come after it are. */
    private Duration sum(
            ServiceName of, Map<ServiceName, Duration> known, Function<ServiceName, List<ServiceName>> edges) {
        Deque<ServiceName> todo = new ArrayDeque<>(List.of(of));
        while (!todo.isEmpty()) {
            ServiceName at = todo.peek();
            List<ServiceName> missing = edges.apply(at).stream()
                    .filter(name -> !known.containsKey(name))
                    .toList();
            missing.forEach(todo::push);
            if (missing.isEmpty()) {
                Duration longest = edges.apply(at).stream()
                        .map(known::get)
                        .max(Duration::compareTo)
                        .orElse(Duration.ZERO);
                known.put(todo.pop(), grace(at).plus(longest));
            }
        }
        return known.get(of);
    }
}

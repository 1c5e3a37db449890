package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Who depends on whom within one project. Immutable; any thread. */
public final class DependencyGraph {
    private final Map<ServiceName, Set<ServiceName>> dependencies = new LinkedHashMap<>();
    private final Map<ServiceName, Set<ServiceName>> dependents = new LinkedHashMap<>();
    private final Map<ServiceName, Set<ServiceName>> started = new HashMap<>();
    private final Map<ServiceName, Integer> ranks;
    private final List<ServiceName> startOrder;
    private final List<ServiceName> stopOrder;

    /** @throws IllegalArgumentException for a cycle, naming its members, or a dependency that is no service */
    public DependencyGraph(ProjectSpec project) {
        for (ServiceSpec spec : project.services()) {
            dependencies.put(spec.name(), new LinkedHashSet<>());
            dependents.put(spec.name(), new LinkedHashSet<>());
        }
        for (ServiceSpec spec : project.services()) {
            for (Dependency dependency : spec.dependsOn()) {
                if (!dependencies.containsKey(dependency.service())) {
                    throw new IllegalArgumentException(
                            "\"" + spec.name() + "\" depends on unknown service \"" + dependency.service() + "\"");
                }
                dependencies.get(spec.name()).add(dependency.service());
                dependents.get(dependency.service()).add(spec.name());
            }
        }
        project.services().forEach(spec -> started.put(spec.name(), started(spec, project)));
        ranks = ranks();
        List<ServiceName> order = new ArrayList<>(dependencies.keySet());
        order.sort(Comparator.comparing(ranks::get)); // stable: within a rank, the order of the file
        startOrder = List.copyOf(order);
        Collections.reverse(order);
        stopOrder = List.copyOf(order);
    }

    private static Set<ServiceName> started(ServiceSpec spec, ProjectSpec project) {
        if (spec.dependsOn().isEmpty()) {
            return Set.of();
        }
        return spec.dependsOn().stream()
                .filter(dependency -> dependency.required()
                        || !project.service(dependency.service())
                                .orElseThrow()
                                .lifecycle()
                                .disabled())
                .map(Dependency::service)
                .collect(Collectors.toSet());
    }

    /** Dependencies before dependents; otherwise as in the file. */
    public List<ServiceName> startOrder() {
        return startOrder;
    }

    /** The start order reversed. */
    public List<ServiceName> stopOrder() {
        return stopOrder;
    }

    /** These services, dependents before dependencies. */
    public List<ServiceName> inStopOrder(Collection<ServiceName> names) {
        names.forEach(this::known);
        Set<ServiceName> wanted = Set.copyOf(names);
        return stopOrder.stream().filter(wanted::contains).toList();
    }

    /** 0 for a service without dependencies, else one more than the highest of theirs. */
    public int rank(ServiceName service) {
        return ranks.get(known(service));
    }

    public Set<ServiceName> dependencies(ServiceName service) {
        return Collections.unmodifiableSet(dependencies.get(known(service)));
    }

    public Set<ServiceName> dependents(ServiceName service) {
        return Collections.unmodifiableSet(dependents.get(known(service)));
    }

    /** All that must be there for a service, itself excluded, in start order. */
    public List<ServiceName> transitiveDependencies(ServiceName service) {
        return reachable(known(service), dependencies);
    }

    /**
     * All that a start of a service starts first, in start order: what must be there for it, without what it, or another
     * one on the way, can do without and that is disabled.
     */
    public List<ServiceName> toStartWith(ServiceName service) {
        return reachable(known(service), started);
    }

    /** All that need a service, directly or through others, itself excluded, in start order. */
    public List<ServiceName> transitiveDependents(ServiceName service) {
        return reachable(known(service), dependents);
    }

    private ServiceName known(ServiceName service) {
        if (!dependencies.containsKey(service)) {
            throw new IllegalArgumentException("no service \"" + service + "\"");
        }
        return service;
    }

    private List<ServiceName> reachable(ServiceName from, Map<ServiceName, Set<ServiceName>> edges) {
        Set<ServiceName> seen = new LinkedHashSet<>();
        Deque<ServiceName> todo = new ArrayDeque<>(edges.get(from));
        while (!todo.isEmpty()) {
            ServiceName next = todo.remove();
            if (seen.add(next)) {
                todo.addAll(edges.get(next));
            }
        }
        return startOrder.stream().filter(seen::contains).toList();
    }

    /** By Kahn's algorithm: no recursion, so that a chain of any length is fine. */
    private Map<ServiceName, Integer> ranks() {
        Map<ServiceName, Integer> result = new HashMap<>();
        Map<ServiceName, Integer> missing = new HashMap<>();
        Deque<ServiceName> todo = new ArrayDeque<>();
        dependencies.forEach((name, needs) -> {
            missing.put(name, needs.size());
            if (needs.isEmpty()) {
                result.put(name, 0);
                todo.add(name);
            }
        });
        while (!todo.isEmpty()) {
            ServiceName done = todo.remove();
            missing.remove(done);
            for (ServiceName dependent : dependents.get(done)) {
                result.merge(dependent, result.get(done) + 1, Math::max);
                if (missing.merge(dependent, -1, Integer::sum) == 0) {
                    todo.add(dependent);
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new IllegalArgumentException("dependency cycle: " + cycle(missing.keySet()));
        }
        return result;
    }

    /** Every service in {@code stuck} depends on another one in it, so following them must come round. */
    private String cycle(Set<ServiceName> stuck) {
        List<ServiceName> path = new ArrayList<>();
        ServiceName at = dependencies.keySet().stream()
                .filter(stuck::contains)
                .findFirst()
                .orElseThrow();
        while (!path.contains(at)) {
            path.add(at);
            at = dependencies.get(at).stream()
                    .filter(stuck::contains)
                    .findFirst()
                    .orElseThrow();
        }
        List<ServiceName> round = new ArrayList<>(path.subList(path.indexOf(at), path.size()));
        round.add(at);
        return round.stream().map(name -> "\"" + name + "\"").collect(Collectors.joining(" -> "));
    }
}

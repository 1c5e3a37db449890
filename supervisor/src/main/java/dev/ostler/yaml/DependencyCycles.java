package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Finds services that wait for each other. Not recursive: a chain may be as long as the file. */
final class DependencyCycles {
    private final Map<ServiceName, List<Dependency>> graph;
    private final Problems problems;
    private final Set<ServiceName> finished = new HashSet<>();
    private final Set<ServiceName> reported = new HashSet<>();
    /** The way to here, each service with the dependencies still to be followed. */
    private final Map<ServiceName, Iterator<Dependency>> way = new LinkedHashMap<>();

    private final Deque<ServiceName> stack = new ArrayDeque<>();

    private DependencyCycles(Map<ServiceName, List<Dependency>> graph, Problems problems) {
        this.graph = graph;
        this.problems = problems;
    }

    /** One problem a cycle, {@code dependency cycle: a -> b -> a}, at the entry that closes it. */
    static void report(Map<ServiceName, List<Dependency>> graph, Problems problems) {
        DependencyCycles search = new DependencyCycles(graph, problems);
        graph.keySet().forEach(search::from);
    }

    private void from(ServiceName start) {
        if (graph.get(start).isEmpty()) { // so it is in no cycle
            finished.add(start);
            return;
        }
        enter(start);
        while (!stack.isEmpty()) {
            ServiceName here = stack.peek();
            Iterator<Dependency> dependencies = way.get(here);
            if (dependencies.hasNext()) {
                follow(dependencies.next());
            } else {
                stack.pop();
                way.remove(here);
                finished.add(here);
            }
        }
    }

    private void follow(Dependency dependency) {
        if (way.containsKey(dependency.service())) {
            report(dependency);
        } else {
            enter(dependency.service());
        }
    }

    private void enter(ServiceName service) {
        if (!finished.contains(service)) {
            stack.push(service);
            way.put(service, graph.getOrDefault(service, List.of()).iterator());
        }
    }

    private void report(Dependency closing) {
        List<ServiceName> names = List.copyOf(way.keySet());
        List<ServiceName> cycle = names.subList(names.indexOf(closing.service()), names.size());
        // Of cycles that share a service one is shown: breaking it may break the others.
        if (cycle.stream().noneMatch(reported::contains)) {
            String members =
                    String.join(" -> ", cycle.stream().map(ServiceName::value).toList());
            problems.add(closing.origin(), "dependency cycle: " + members + " -> " + closing.service());
        }
        reported.addAll(cycle);
    }
}

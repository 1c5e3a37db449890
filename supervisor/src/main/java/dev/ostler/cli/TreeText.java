package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What {@code tree} prints: each service that nothing depends on, and below it what it needs. What was shown with its own
 * dependencies before is not shown with them again. Pure.
 */
final class TreeText {
    private final Map<ServiceName, ServiceSpec> services = new LinkedHashMap<>();
    private final Function<ServiceName, ServiceStatus> statuses;
    private final Set<ServiceName> shown = new HashSet<>();
    private final StringBuilder out = new StringBuilder();

    private TreeText(List<ServiceSpec> specs, Function<ServiceName, ServiceStatus> statuses) {
        specs.forEach(spec -> services.put(spec.name(), spec));
        this.statuses = statuses;
    }

    /** @param specs of a project without cycles */
    static String of(List<ServiceSpec> specs, Function<ServiceName, ServiceStatus> statuses) {
        Set<ServiceName> needed = new HashSet<>();
        specs.forEach(spec -> spec.dependsOn().forEach(dependency -> needed.add(dependency.service())));
        TreeText tree = new TreeText(specs, statuses);
        specs.stream()
                .map(ServiceSpec::name)
                .filter(name -> !needed.contains(name))
                .forEach(tree::root);
        return tree.out.toString();
    }

    /** A level of the tree that is still to be printed; of any depth, so no recursion. */
    private record Line(String prefix, boolean last, Dependency dependency) {}

    private void root(ServiceName name) {
        out.append(name).append(" (").append(statuses.apply(name).state()).append(")\n");
        shown.add(name);
        List<Line> todo = new ArrayList<>(below("", name));
        while (!todo.isEmpty()) {
            Line line = todo.remove(todo.size() - 1);
            ServiceName service = line.dependency().service();
            List<Line> more = below(line.prefix() + (line.last() ? "   " : "│  "), service);
            boolean again = !more.isEmpty() && !shown.add(service);
            out.append(line.prefix())
                    .append(line.last() ? "└─ " : "├─ ")
                    .append(service)
                    .append(": ")
                    .append(condition(line.dependency()))
                    .append(" (")
                    .append(statuses.apply(service).state())
                    .append(again ? "), as above\n" : ")\n");
            if (!again) {
                todo.addAll(more);
            }
        }
    }

    private static String condition(Dependency dependency) {
        return dependency.condition().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** The last one first, as they are taken from the end. */
    private List<Line> below(String prefix, ServiceName name) {
        List<Dependency> dependencies = services.get(name).dependsOn();
        List<Line> lines = new ArrayList<>();
        for (int i = dependencies.size() - 1; i >= 0; i--) {
            lines.add(new Line(prefix, i == dependencies.size() - 1, dependencies.get(i)));
        }
        return lines;
    }
}

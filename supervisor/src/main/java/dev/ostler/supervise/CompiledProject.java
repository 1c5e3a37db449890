package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A project with the plans of all its services.
 *
 * @param services in the order of the file
 */
public record CompiledProject(ProjectSpec spec, List<CompiledService> services) {
    public CompiledProject {
        services = List.copyOf(services);
    }

    Set<ServiceName> names() {
        Set<ServiceName> names = new LinkedHashSet<>();
        services.forEach(service -> names.add(service.name()));
        return names;
    }

    Optional<CompiledService> service(ServiceName name) {
        return services.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /** Services of this one that {@code other} does not have. */
    Set<ServiceName> without(CompiledProject other) {
        Set<ServiceName> names = names();
        names.removeAll(other.names());
        return names;
    }

    /** This one, and behind it what only {@code other} has. Nothing here depends on that, so no cycle can come of it. */
    public CompiledProject with(CompiledProject other) {
        Set<ServiceName> rest = other.without(this);
        List<CompiledService> all = new ArrayList<>(services);
        other.services.stream().filter(each -> rest.contains(each.name())).forEach(all::add);
        List<ServiceSpec> specs = all.stream().map(CompiledService::spec).toList();
        return new CompiledProject(
                new ProjectSpec(spec.directory(), specs, spec.restartBudget(), spec.outerGrace(), spec.exitOn()), all);
    }
}

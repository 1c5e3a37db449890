package dev.ostler.spec;

import dev.ostler.base.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * All that one YAML file and what it extends ask for.
 *
 * @param directory absolute path of the project's directory
 * @param services in the order of the file
 * @param restartBudget over all services; empty = none
 */
public record ProjectSpec(Path directory, List<ServiceSpec> services, Optional<RestartBudgetSpec> restartBudget) {
    public ProjectSpec {
        services = List.copyOf(services);
    }

    /** One that asks for nothing over all services. */
    public ProjectSpec(Path directory, List<ServiceSpec> services) {
        this(directory, services, Optional.empty());
    }

    public Optional<ServiceSpec> service(ServiceName name) {
        return services.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}

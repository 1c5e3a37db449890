package dev.ostler.spec;

import dev.ostler.base.ServiceName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * All that one YAML file and what it extends ask for.
 *
 * @param directory absolute path of the project's directory
 * @param services in the order of the file
 * @param restartBudget over all services; empty = none
 * @param outerGrace what whoever runs Ostler allows it for going down; empty = as long as it takes
 * @param exitOn upon what all of it goes down by itself
 */
public record ProjectSpec(
        Path directory,
        List<ServiceSpec> services,
        Optional<RestartBudgetSpec> restartBudget,
        Optional<Duration> outerGrace,
        ExitOn exitOn) {
    public ProjectSpec {
        services = List.copyOf(services);
    }

    /** One that asks for nothing over all services. */
    public ProjectSpec(Path directory, List<ServiceSpec> services) {
        this(directory, services, Optional.empty(), Optional.empty());
    }

    /** One that never goes down by itself. */
    public ProjectSpec(
            Path directory,
            List<ServiceSpec> services,
            Optional<RestartBudgetSpec> restartBudget,
            Optional<Duration> outerGrace) {
        this(directory, services, restartBudget, outerGrace, ExitOn.NEVER);
    }

    public Optional<ServiceSpec> service(ServiceName name) {
        return services.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}

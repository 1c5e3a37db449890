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
 */
public record ProjectSpec(Path directory, List<ServiceSpec> services) {
    public ProjectSpec {
        services = List.copyOf(services);
    }

    public Optional<ServiceSpec> service(ServiceName name) {
        return services.stream().filter(s -> s.name().equals(name)).findFirst();
    }
}

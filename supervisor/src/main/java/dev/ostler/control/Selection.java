package dev.ostler.control;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import java.util.List;

/** The services a command is for: those of these names and groups, or all where there are neither. */
public record Selection(List<ServiceName> services, List<GroupName> groups) {
    public static final Selection ALL = new Selection(List.of(), List.of());

    public Selection {
        services = List.copyOf(services);
        groups = List.copyOf(groups);
    }

    public boolean isAll() {
        return services.isEmpty() && groups.isEmpty();
    }
}

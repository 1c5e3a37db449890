package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One service, grouped by the part of Ostler that reads each group.
 *
 * @param origin of the service's own key
 * @param process what is executed and as whom (plan compiler)
 * @param limits resources of the process (plan compiler)
 * @param cgroup limits of all its processes together (plan compiler)
 * @param privilege rights of the process (plan compiler)
 * @param sandbox what the process is kept away from (plan compiler)
 * @param lifecycle what kind of service it is (state machine)
 * @param dependsOn what must be there before it starts
 * @param ready how it proves that it is ready; empty = started is ready
 * @param health how it is watched once it is ready; empty = not at all
 * @param notifications that it speaks sd_notify(3); empty = it does not
 * @param activation what it is given when it starts, and what starts it
 * @param reload how it is told to read its configuration again; empty = it cannot be
 */
public record ServiceSpec(
        ServiceName name,
        Origin origin,
        ProcessSpec process,
        LimitsSpec limits,
        CgroupSpec cgroup,
        PrivilegeSpec privilege,
        SandboxSpec sandbox,
        LifecycleSpec lifecycle,
        List<Dependency> dependsOn,
        Optional<ReadySpec> ready,
        Optional<HealthSpec> health,
        Optional<NotifySpec> notifications,
        ActivationSpec activation,
        RestartSpec restart,
        StopSpec stop,
        Optional<ReloadSpec> reload,
        LogSpec logs) {
    public ServiceSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(notifications, "notifications");
        Objects.requireNonNull(reload, "reload");
        dependsOn = List.copyOf(dependsOn);
    }

    /** The same, ended as another version of it: by that one's ladder, and the hooks that belong to the end. */
    public ServiceSpec endingAs(ServiceSpec other) {
        return ending(lifecycle.endingAs(other.lifecycle), other.stop);
    }

    /** The same, which waits for no heap dump. */
    public ServiceSpec withoutHeapDumpGrace() {
        return ending(lifecycle, new StopSpec(stop.steps()));
    }

    private ServiceSpec ending(LifecycleSpec ownLifecycle, StopSpec ownStop) {
        return new ServiceSpec(
                name,
                origin,
                process,
                limits,
                cgroup,
                privilege,
                sandbox,
                ownLifecycle,
                dependsOn,
                ready,
                health,
                notifications,
                activation,
                restart,
                ownStop,
                reload,
                logs);
    }

    /** The same with another command in place of its own: of a hook, or what runs beside it. */
    public ServiceSpec with(Located<List<String>> command) {
        ProcessSpec own = process;
        ProcessSpec other = new ProcessSpec(
                command,
                own.environment(),
                own.workingDirectory(),
                own.user(),
                own.groupAdd(),
                own.umask(),
                own.directories());
        return new ServiceSpec(
                name,
                origin,
                other,
                limits,
                cgroup,
                privilege,
                sandbox,
                lifecycle,
                dependsOn,
                Optional.empty(), // it has nothing to tell, is not watched or reloaded, and is given no sockets
                Optional.empty(),
                Optional.empty(),
                ActivationSpec.NONE,
                restart,
                stop,
                Optional.empty(),
                logs);
    }
}

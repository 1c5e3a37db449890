package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ActivationSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.LogSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.PrivilegeSpec;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ReloadSpec;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec;
import java.util.List;
import java.util.Optional;

/** Reads one service after its layers were merged, group by group. */
final class ServiceReader {
    private final Context context;
    private final Secrets secrets;
    private final ProcessReader process = new ProcessReader();

    ServiceReader(Context context, Secrets secrets) {
        this.context = context;
        this.secrets = secrets;
    }

    /**
     * A service; nothing when it has no usable command.
     *
     * @param merged all layers, with every {@code +key} resolved
     * @param commandRequired false when a layer is missing anyway, so that one mistake is reported once
     */
    Optional<ServiceSpec> read(
            YamlNode.Entry service, YamlNode.Mapping merged, List<Dependency> dependsOn, boolean commandRequired) {
        // Problems of the service as a whole belong to its key, wherever its layers come from.
        YamlMap map = new YamlMap(new YamlNode.Mapping(service.origin(), merged.entries()), context);
        map.refuseUnknown(Schema.SERVICE);
        Optional<ProcessSpec> processSpec = process.read(map, commandRequired);
        SandboxSpec sandbox = secrets.in(SandboxReader.read(map), map, commandRequired);
        return assemble(service.key(), map, processSpec, sandbox, dependsOn, commandRequired);
    }

    /** Only for its problems: a profile or the defaults, which need not be whole. */
    void check(YamlNode.Entry partial, YamlNode.Mapping merged) {
        read(partial, merged, List.of(), false);
    }

    private static Optional<ServiceSpec> assemble(
            String name,
            YamlMap map,
            Optional<ProcessSpec> process,
            SandboxSpec sandbox,
            List<Dependency> dependsOn,
            boolean whole) {
        LimitsSpec limits = LimitsReader.read(map);
        CgroupSpec cgroup = CgroupReader.read(map);
        PrivilegeSpec privilege = PrivilegeReader.read(map);
        var ready = ProbeReader.ready(map);
        var health = ProbeReader.health(map);
        ActivationSpec activation = SocketReader.readActivation(map);
        Optional<NotifySpec> notify = NotifyReader.read(map, ready);
        RestartSpec restart = RestartReader.read(map);
        LifecycleSpec lifecycle = LifecycleReader.read(map, restart, sandbox);
        StopSpec stop = StopReader.read(map);
        Optional<ReloadSpec> reload = ReloadReader.read(map, notify.isPresent() || !whole);
        LogSpec logs = LogReader.read(map);
        return process.map(p -> new ServiceSpec(
                new ServiceName(name),
                map.origin(),
                p,
                limits,
                cgroup,
                privilege,
                sandbox,
                lifecycle,
                dependsOn,
                ready,
                health,
                notify,
                activation,
                restart,
                stop,
                reload,
                logs));
    }
}

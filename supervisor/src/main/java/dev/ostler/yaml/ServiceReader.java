package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ActivationSpec;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.LogSpec;
import dev.ostler.spec.NotifySpec;
import dev.ostler.spec.PrivilegeSpec;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ReadySpec;
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
    private final SharedReading<Void, SandboxSpec> sandbox = SharedReading.of(SandboxReader::read);
    private final SharedReading<Void, LimitsSpec> limits = SharedReading.of(LimitsReader::read);
    private final SharedReading<Void, CgroupSpec> cgroup = SharedReading.of(CgroupReader::read);
    private final SharedReading<Void, PrivilegeSpec> privilege = SharedReading.of(PrivilegeReader::read);
    private final SharedReading<Void, Optional<ReadySpec>> ready = SharedReading.of(ProbeReader::ready);
    private final SharedReading<Void, Optional<HealthSpec>> health = SharedReading.of(ProbeReader::health);
    private final SharedReading<Void, ActivationSpec> activation = SharedReading.of(SocketReader::readActivation);
    private final SharedReading<Boolean, Optional<NotifySpec>> notify = new SharedReading<>(NotifyReader::read);
    private final SharedReading<Void, RestartSpec> restart = SharedReading.of(RestartReader::read);
    private final SharedReading<Beside, LifecycleSpec> lifecycle =
            new SharedReading<>((map, beside) -> LifecycleReader.read(map, beside.restart(), beside.sandbox()));
    private final SharedReading<Void, StopSpec> stop = SharedReading.of(StopReader::read);
    private final SharedReading<Void, LogSpec> logs = SharedReading.of(LogReader::read);

    /** What the kind of a service has to go with. */
    private record Beside(RestartSpec restart, SandboxSpec sandbox) {}

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
        YamlMap map = new YamlMap(merged.at(service.origin()), context);
        map.refuseUnknown(Schema.SERVICE);
        Optional<ProcessSpec> processSpec = process.read(map, commandRequired);
        SandboxSpec sandboxSpec = secrets.in(sandbox.read(map, null), map, commandRequired);
        return assemble(service.key(), map, processSpec, sandboxSpec, dependsOn, commandRequired);
    }

    /** Only for its problems: a profile or the defaults, which need not be whole. */
    void check(YamlNode.Entry partial, YamlNode.Mapping merged) {
        read(partial, merged, List.of(), false);
    }

    private Optional<ServiceSpec> assemble(
            String name,
            YamlMap map,
            Optional<ProcessSpec> processSpec,
            SandboxSpec sandboxSpec,
            List<Dependency> dependsOn,
            boolean whole) {
        LimitsSpec limitsSpec = limits.read(map, null);
        CgroupSpec cgroupSpec = cgroup.read(map, null);
        PrivilegeSpec privilegeSpec = privilege.read(map, null);
        Optional<ReadySpec> readySpec = ready.read(map, null);
        Optional<HealthSpec> healthSpec = health.read(map, null);
        ActivationSpec activationSpec = activation.read(map, null);
        boolean tellsReady = readySpec.isPresent() && readySpec.get().proof() instanceof ReadySpec.Notify;
        Optional<NotifySpec> notifySpec = notify.read(map, tellsReady);
        RestartSpec restartSpec = restart.read(map, null);
        LifecycleSpec lifecycleSpec = lifecycle.read(map, new Beside(restartSpec, sandboxSpec));
        StopSpec stopSpec = stop.read(map, null);
        Optional<ReloadSpec> reload = ReloadReader.read(map, notifySpec.isPresent() || !whole);
        LogSpec logSpec = logs.read(map, null);
        if (processSpec.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ServiceSpec(
                new ServiceName(name),
                map.origin(),
                processSpec.get(),
                limitsSpec,
                cgroupSpec,
                privilegeSpec,
                sandboxSpec,
                lifecycleSpec,
                dependsOn,
                readySpec,
                healthSpec,
                notifySpec,
                activationSpec,
                restartSpec,
                stopSpec,
                reload,
                logSpec));
    }
}

package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.base.TextPattern;
import dev.ostler.plan.Degraded;
import dev.ostler.plan.Plan;
import dev.ostler.plan.Target;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A service with the plan made of it.
 *
 * @param index in the order of the file
 * @param rank in the order of dependencies: the keeper, left alone, stops higher ranks first
 * @param hooks the plans of its hooks
 * @param commands the plans of what its probes, its stop ladder and its reload run
 * @param degraded what was asked for and is left out
 */
public record CompiledService(
        ServiceSpec spec,
        int index,
        int rank,
        Plan plan,
        Map<HookSpec.Kind, Plan> hooks,
        Map<ServiceCommand, Plan> commands,
        Target target,
        List<Degraded> degraded) {
    public CompiledService {
        hooks = Map.copyOf(hooks);
        commands = Map.copyOf(commands);
        degraded = List.copyOf(degraded);
    }

    /** The line by which a run of it is ready, where that is how it is. */
    Optional<TextPattern> readyLine() {
        return spec.ready()
                .flatMap(ReadySpec::probe)
                .map(ProbeSpec::check)
                .filter(ProbeCheck.LogLine.class::isInstance)
                .map(check -> ((ProbeCheck.LogLine) check).pattern());
    }

    public ServiceName name() {
        return spec.name();
    }
}

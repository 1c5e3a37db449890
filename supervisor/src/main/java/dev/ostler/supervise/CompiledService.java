package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.plan.Degraded;
import dev.ostler.plan.Plan;
import dev.ostler.plan.Target;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import java.util.List;
import java.util.Map;

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

    public ServiceName name() {
        return spec.name();
    }
}

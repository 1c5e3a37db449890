package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.ServiceSpec;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes a plan of one service. Pure: the same spec and the same facts give the same plan. It holds all the policy; the
 * launcher holds none. Stateless, any thread, though the facts may block on the user database.
 */
public final class PlanCompiler {
    private PlanCompiler() {}

    /** Never throws for what a configuration asks; every reason to refuse is in the result. */
    public static CompileResult compile(ServiceSpec service, HostFacts facts, Descriptors descriptors, Guard guard) {
        Draft draft = new Draft(service, facts);
        always(draft, descriptors);
        Identity identity = Identity.compile(draft);
        CapabilitySets.compile(draft, identity);
        ResourceLimits.compile(draft);
        Program.compile(draft, identity.target());
        if (!draft.problems().isEmpty()) {
            return new CompileResult.Refused(draft.problems());
        }
        return finish(draft, identity.target(), descriptors, guard);
    }

    private static void always(Draft draft, Descriptors descriptors) {
        Origin origin = draft.byDefault("");
        draft.op(LaunchOrder.FDS, new Op.Fds(descriptors), origin);
        draft.op(LaunchOrder.SIGNALS, new Op.Signals(), origin);
        draft.op(LaunchOrder.SETSID, new Op.Setsid(), origin);
        Optional<Located<Boolean>> asked = draft.service().privilege().noNewPrivs();
        if (asked.map(Located::value).orElse(true)) {
            draft.op(
                    LaunchOrder.NO_NEW_PRIVS,
                    new Op.NoNewPrivs(),
                    asked.map(Located::origin).orElse(draft.byDefault("no_new_privs")));
        }
        draft.service()
                .privilege()
                .deathSignal()
                .ifPresent(signal ->
                        draft.op(LaunchOrder.DEATH_SIGNAL, new Op.DeathSignal(signal.value()), signal.origin()));
    }

    private static CompileResult finish(Draft draft, Target target, Descriptors descriptors, Guard guard) {
        ServiceSpec service = draft.service();
        boolean stays = guard == Guard.STAYS;
        Optional<Signal> deathSignal = service.privilege().deathSignal().map(Located::value);
        Set<String> hidden = service.process().environment().stream()
                .filter(EnvironmentVariable::hidden)
                .map(EnvironmentVariable::name)
                .collect(Collectors.toSet());
        // oom_score_adj belongs to the memory, which a clone that shares it would change for the keeper too
        boolean copy = stays || draft.has(LaunchOrder.OOM_SCORE_ADJ);
        Plan plan =
                new Plan(copy, stays, descriptors.passed(), Plan.DEFAULT_DEADLINE, deathSignal, draft.ops(), hidden);
        try {
            PlanEncoder.encode(plan);
        } catch (PlanTooLargeException e) {
            return new CompileResult.Refused(List.of(
                    new Problem(service.origin(), "cannot compile \"" + service.name() + "\": " + e.getMessage())));
        }
        return new CompileResult.Compiled(plan, target, draft.degraded());
    }
}

package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.SandboxSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Namespaces of other services of the project: a descriptor of each one's main process comes with the plan. */
final class JoinedServices {
    private JoinedServices() {}

    /**
     * One op a service.
     *
     * @param firstPassed place of the first of these descriptors among those passed
     * @return how many there are
     */
    static int compile(Draft draft, boolean supervised, int firstPassed) {
        if (draft.service().sandbox().join().isEmpty()) {
            return 0;
        }
        Map<ServiceName, Long> types = new LinkedHashMap<>();
        Map<ServiceName, Origin> origins = new LinkedHashMap<>();
        for (SandboxSpec.Join join : draft.service().sandbox().join()) {
            join.service().ifPresent(service -> {
                types.merge(service, join.type().flag(), (a, b) -> a | b);
                origins.putIfAbsent(service, join.origin());
            });
        }
        int passed = firstPassed;
        for (Map.Entry<ServiceName, Long> joined : types.entrySet()) {
            Origin origin = origins.get(joined.getKey());
            check(draft, supervised, joined.getKey(), origin);
            draft.op(
                    LaunchOrder.JOIN_PROCESS,
                    new SandboxOp.JoinProcess(passed++, joined.getValue(), joined.getKey()),
                    origin);
        }
        return passed - firstPassed;
    }

    private static void check(Draft draft, boolean supervised, ServiceName service, Origin origin) {
        String own = "\"" + draft.service().name() + "\"";
        if (!supervised) {
            draft.problem(
                    origin,
                    "namespaces of a service need the supervisor: they cannot be part of a plan that runs without it");
        } else if (draft.service().dependsOn().stream()
                .noneMatch(dependency -> dependency.service().equals(service))) {
            draft.problem(origin, own + " must have \"" + service + "\" in \"depends_on\" to join its namespace");
        }
    }

    /** The services of a plan, in the order of their descriptors. */
    static List<Plan.Joined> of(List<PlannedOp> ops) {
        return ops.stream()
                .filter(planned -> planned.op() instanceof SandboxOp.JoinProcess)
                .map(planned -> new Plan.Joined(((SandboxOp.JoinProcess) planned.op()).service(), planned.origin()))
                .toList();
    }
}

package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** A plan in the making: ops by place, problems and degraded items. One thread, one compilation. */
final class Draft {
    private record Placed(LaunchOrder place, PlannedOp op) {}

    private final ServiceSpec service;
    private HostFacts facts;
    private final SlowFacts slowFacts;
    private final Origin byDefault;
    /** By place; those of one place in the order they came. */
    private final List<Placed> placed = new ArrayList<>();

    private final List<Problem> problems = new ArrayList<>();
    private final List<Degraded> degraded = new ArrayList<>();

    Draft(ServiceSpec service, HostFacts facts, SlowFacts slowFacts) {
        this.service = service;
        this.facts = facts;
        this.slowFacts = slowFacts;
        this.byDefault =
                new Origin(Origin.BUILT_IN.file(), 0, 0, service.origin().key());
    }

    ServiceSpec service() {
        return service;
    }

    HostFacts facts() {
        return facts;
    }

    /** Of the host, wherever the rights are. */
    SlowFacts slowFacts() {
        return slowFacts;
    }

    /** From here on the rights are those of the first process of a user namespace: all of them, inside. */
    void enterUserNamespace() {
        facts = new UserNamespaceFacts(facts);
    }

    void op(LaunchOrder place, Op op, Origin origin) {
        if (!place.kinds().contains(op.kind())) {
            throw new IllegalArgumentException(op.kind() + " has no place at " + place);
        }
        int at = placed.size();
        while (at > 0 && placed.get(at - 1).place().compareTo(place) > 0) {
            at--;
        }
        placed.add(at, new Placed(place, new PlannedOp(op, origin, place.reason())));
    }

    void problem(Origin origin, String message) {
        problems.add(new Problem(origin, message));
    }

    void degraded(Origin origin, String text) {
        degraded.add(new Degraded(origin, text));
    }

    boolean has(LaunchOrder place) {
        for (Placed entry : placed) {
            if (entry.place() == place) {
                return true;
            }
        }
        return false;
    }

    /** Origin of something that holds by default; the key tells whose default it is. */
    Origin byDefault(String key) {
        return key.isEmpty() ? byDefault : new Origin(byDefault.file(), 0, 0, byDefault.key() + "." + key);
    }

    /** Ops in the order of {@link LaunchOrder}; those of one place in the order they came. */
    List<PlannedOp> ops() {
        PlannedOp[] ops = new PlannedOp[placed.size()];
        for (int i = 0; i < ops.length; i++) {
            ops[i] = placed.get(i).op();
        }
        return List.of(ops);
    }

    List<Problem> problems() {
        return List.copyOf(problems);
    }

    List<Degraded> degraded() {
        return List.copyOf(degraded);
    }

    boolean may(int capability) {
        return (facts.effective() & 1L << capability) != 0;
    }

    /** For what only the first user namespace may do: limits, priorities, OOM weights. */
    boolean mayOnHost(int capability) {
        return facts.initialUserNamespace() && may(capability);
    }

    /** {@code needs CAP_SYS_NICE}, with what makes it so where the capability itself is there. */
    String needsOnHost(int capability) {
        String need = "needs " + PlanWords.capability(capability);
        return may(capability) ? need + " outside of a user namespace" : need;
    }

    /** {@code needs CAP_SETUID and CAP_SETGID, this supervisor runs as uid 1000 without them}. */
    String lacks(List<Integer> capabilities) {
        String names = String.join(
                " and ", capabilities.stream().map(PlanWords::capability).toList());
        return "needs " + names + ", this supervisor runs as uid " + facts.uid() + " without "
                + (capabilities.size() == 1 ? "it" : "them");
    }
}

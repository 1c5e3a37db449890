package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.plan.HostFacts.Limit;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.Policy;
import dev.ostler.spec.UlimitSpec.Resource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The scheduling policy of a service, and whether this supervisor may give it: sched(7). */
final class Scheduling {
    private final Draft draft;
    private final ResourceItem.Scheduling asked;
    private final String subject;

    private Scheduling(Draft draft, ResourceItem.Scheduling asked) {
        this.draft = draft;
        this.asked = asked;
        this.subject = "cannot set scheduling of \"" + draft.service().name() + "\" to " + word(asked.policy())
                + (asked.priority() > 0 ? " " + asked.priority() : "") + ": ";
    }

    static void compile(Draft draft, ResourceItem.Scheduling asked) {
        new Scheduling(draft, asked).compile();
    }

    /** {@code fifo}. */
    static String word(Policy policy) {
        return policy.name().toLowerCase(Locale.ROOT);
    }

    private void compile() {
        Optional<String> obstacle = obstacle();
        if (obstacle.isPresent()) {
            Resources.unsupported(draft, asked, subject + obstacle.get());
            return;
        }
        // the init would keep what it was given, its child, the service, would not get it
        boolean ownInit = draft.has(LaunchOrder.INIT) && (asked.resetOnFork() || asked.policy() == Policy.DEADLINE);
        draft.op(
                ownInit ? LaunchOrder.SCHED_POLICY_INSIDE : LaunchOrder.SCHED_POLICY,
                new ResourceOp.SchedPolicy(
                        asked.policy(),
                        asked.priority(),
                        asked.resetOnFork(),
                        asked.runtime().toNanos(),
                        asked.deadline().toNanos(),
                        asked.period().toNanos()),
                asked.origin());
    }

    private Optional<String> obstacle() {
        if (asked.policy() == Policy.DEADLINE) {
            return deadlineObstacle();
        }
        if (!asked.policy().isRealTime() || draft.mayOnHost(PlanWords.CAP_SYS_NICE)) {
            return Optional.empty();
        }
        Limit limit = limit();
        if (Long.compareUnsigned(asked.priority(), limit.soft()) <= 0) {
            return Optional.empty();
        }
        if (Long.compareUnsigned(asked.priority(), limit.hard()) <= 0) {
            raiseFor(limit);
            return Optional.empty();
        }
        return Optional.of(draft.needsOnHost(PlanWords.CAP_SYS_NICE) + ", the limit rtprio of this supervisor is "
                + PlanWords.limit(limit.hard()));
    }

    private Optional<String> deadlineObstacle() {
        if (!draft.mayOnHost(PlanWords.CAP_SYS_NICE)) {
            return Optional.of(draft.needsOnHost(PlanWords.CAP_SYS_NICE));
        }
        Optional<Located<List<Integer>>> cpus = draft.service().limits().cpuAffinity();
        List<Integer> allowed = draft.facts().allowedCpus();
        if (cpus.isPresent() && !cpus.get().value().containsAll(allowed)) {
            return Optional.of("the kernel gives a deadline only on all CPUs (" + PlanWords.cpus(allowed)
                    + "), and cpu_affinity says " + PlanWords.cpus(cpus.get().value()));
        }
        return Optional.empty();
    }

    /** The limit of the moment when the policy is set: raised ones are there by then, lowered ones not yet. */
    private Limit limit() {
        return draft.ops().stream()
                .map(PlannedOp::op)
                .filter(Op.Rlimit.class::isInstance)
                .map(Op.Rlimit.class::cast)
                .filter(op -> op.resource() == Resource.RTPRIO)
                .findFirst()
                .filter(op -> Long.compareUnsigned(
                                op.hard(), draft.facts().limit(Resource.RTPRIO).hard())
                        > 0)
                .map(op -> new Limit(op.soft(), op.hard()))
                .orElse(draft.facts().limit(Resource.RTPRIO));
    }

    /** The soft limit goes up for the call, and back afterwards unless the service asks for a limit of its own. */
    private void raiseFor(Limit limit) {
        draft.op(
                LaunchOrder.RAISED_RLIMIT,
                new Op.Rlimit(Resource.RTPRIO, asked.priority(), limit.hard()),
                asked.origin());
        boolean own =
                draft.service().limits().ulimits().stream().anyMatch(ulimit -> ulimit.resource() == Resource.RTPRIO);
        if (!own) {
            draft.op(LaunchOrder.RLIMIT, new Op.Rlimit(Resource.RTPRIO, limit.soft(), limit.hard()), asked.origin());
        }
    }
}

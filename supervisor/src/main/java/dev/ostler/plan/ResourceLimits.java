package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.HostFacts.Limit;
import dev.ostler.spec.LimitsSpec;
import dev.ostler.spec.UlimitSpec;
import java.util.List;
import java.util.Locale;

/** Resource limits, priority, OOM weight and CPUs of a service. */
final class ResourceLimits {
    /** RLIMIT_NICE counts from 20 down (getrlimit(2)): the lowest nice value allowed is 20 - limit. */
    private static final int NICE_CEILING = 20;

    private final Draft draft;

    private ResourceLimits(Draft draft) {
        this.draft = draft;
    }

    static void compile(Draft draft) {
        ResourceLimits limits = new ResourceLimits(draft);
        LimitsSpec spec = draft.service().limits();
        spec.ulimits().forEach(limits::ulimit);
        spec.nice().ifPresent(limits::nice);
        spec.oomScoreAdj().ifPresent(limits::oomScoreAdj);
        spec.cpuAffinity().ifPresent(limits::affinity);
    }

    private void ulimit(UlimitSpec ulimit) {
        Limit current = draft.facts().limit(ulimit.resource());
        String name = ulimit.resource().name().toLowerCase(Locale.ROOT);
        String subject =
                "cannot set ulimit " + name + " of \"" + draft.service().name() + "\" to ";
        if (Long.compareUnsigned(ulimit.soft(), ulimit.hard()) > 0) {
            draft.problem(
                    ulimit.origin(),
                    subject + PlanWords.limit(ulimit.soft()) + ": above its hard limit "
                            + PlanWords.limit(ulimit.hard()));
            return;
        }
        Op.Rlimit wanted = new Op.Rlimit(ulimit.resource(), ulimit.soft(), ulimit.hard());
        if (Long.compareUnsigned(ulimit.hard(), current.hard()) <= 0) {
            draft.op(LaunchOrder.RLIMIT, wanted, ulimit.origin());
            return;
        }
        if (!draft.mayOnHost(PlanWords.CAP_SYS_RESOURCE)) {
            draft.problem(
                    ulimit.origin(),
                    subject + PlanWords.limit(ulimit.hard()) + ": "
                            + draft.needsOnHost(PlanWords.CAP_SYS_RESOURCE)
                            + ", the hard limit of this supervisor is " + PlanWords.limit(current.hard()));
            return;
        }
        raise(wanted, current, ulimit.origin());
    }

    /** The hard limit early, while it is allowed; a soft limit that is lower than now only at the end. */
    private void raise(Op.Rlimit wanted, Limit current, Origin origin) {
        boolean lowersSoft = Long.compareUnsigned(wanted.soft(), current.soft()) < 0;
        long early = lowersSoft ? current.soft() : wanted.soft();
        draft.op(LaunchOrder.RAISED_RLIMIT, new Op.Rlimit(wanted.resource(), early, wanted.hard()), origin);
        if (lowersSoft) {
            draft.op(LaunchOrder.RLIMIT, wanted, origin);
        }
    }

    private void nice(Located<Integer> nice) {
        HostFacts facts = draft.facts();
        long limit = facts.limit(UlimitSpec.Resource.NICE).soft();
        // no limit reads as -1 and allows every value
        long allowed = Long.compareUnsigned(limit, 2 * NICE_CEILING) > 0 ? -NICE_CEILING : NICE_CEILING - limit;
        long lowest = Math.min(facts.nice(), allowed);
        if (nice.value() < lowest && !draft.mayOnHost(PlanWords.CAP_SYS_NICE)) {
            draft.problem(
                    nice.origin(),
                    "cannot set nice of \"" + draft.service().name() + "\" to " + nice.value() + ": "
                            + draft.needsOnHost(PlanWords.CAP_SYS_NICE)
                            + ", the lowest value allowed here is " + lowest);
        }
        draft.op(LaunchOrder.NICE, new Op.Nice(nice.value()), nice.origin());
    }

    private void oomScoreAdj(Located<Integer> value) {
        int current = draft.facts().oomScoreAdj();
        if (value.value() < current && !draft.mayOnHost(PlanWords.CAP_SYS_RESOURCE)) {
            draft.problem(
                    value.origin(),
                    "cannot set oom_score_adj of \"" + draft.service().name() + "\" to " + value.value() + ": "
                            + draft.needsOnHost(PlanWords.CAP_SYS_RESOURCE)
                            + ", the value of this supervisor is " + current);
        }
        draft.op(LaunchOrder.OOM_SCORE_ADJ, new Op.OomScoreAdj(value.value()), value.origin());
    }

    private void affinity(Located<List<Integer>> cpus) {
        List<Integer> online = draft.facts().onlineCpus();
        List<Integer> allowed = draft.facts().allowedCpus();
        List<Integer> missing = PlanWords.without(cpus.value(), online);
        if (!missing.isEmpty()) {
            String verb = missing.size() == 1 ? " does" : " do";
            String machine = " not exist (this machine has " + PlanWords.cpus(online) + ")";
            draft.problem(cpus.origin(), named(missing) + verb + machine);
        }
        List<Integer> outside = PlanWords.without(PlanWords.without(cpus.value(), missing), allowed);
        if (!outside.isEmpty()) {
            String verb = outside.size() == 1 ? " is" : " are";
            String cpuset = " outside the cpuset of this supervisor (" + PlanWords.cpus(allowed) + ")";
            draft.problem(cpus.origin(), named(outside) + verb + cpuset);
        }
        draft.op(LaunchOrder.AFFINITY, new Op.Affinity(cpus.value()), cpus.origin());
    }

    private static String named(List<Integer> cpus) {
        return (cpus.size() == 1 ? "CPU " : "CPUs ") + PlanWords.cpus(cpus);
    }
}

package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ServiceSpec;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes plans of services for one host. The same spec and the same facts give the same plan. It holds all the policy; the
 * launcher holds none. What it keeps is what plans have in common. One thread, and the facts may block on the user database.
 */
public final class PlanCompiler {
    /** They belong to the memory, which a clone that shares it would change for the keeper too. */
    private static final Set<OpKind> OF_THE_MEMORY =
            EnumSet.of(OpKind.OOM_SCORE_ADJ, OpKind.THP, OpKind.MDWE, OpKind.COREDUMP_FILTER);

    private final HostFacts facts;
    private final SlowFacts slowFacts;
    private final Environments environments = new Environments();
    private Target self;

    public PlanCompiler(HostFacts facts) {
        this.facts = facts;
        this.slowFacts = new SlowFacts(facts);
    }

    /** The only plan that is made for a host; as {@link #compile(ServiceSpec, Descriptors, Guard)}. */
    public static CompileResult compile(ServiceSpec service, HostFacts facts, Descriptors descriptors, Guard guard) {
        return compile(service, facts, descriptors, guard, Terminal.NONE);
    }

    /** As {@link #compile(ServiceSpec, HostFacts, Descriptors, Guard)}, of a program that gets a terminal. */
    public static CompileResult compile(
            ServiceSpec service, HostFacts facts, Descriptors descriptors, Guard guard, Terminal terminal) {
        return new PlanCompiler(facts).compile(service, descriptors, guard, terminal);
    }

    /** Never throws for what a configuration asks; every reason to refuse is in the result. */
    public CompileResult compile(ServiceSpec service, Descriptors descriptors, Guard guard) {
        return compile(service, descriptors, guard, Terminal.NONE);
    }

    private CompileResult compile(ServiceSpec service, Descriptors given, Guard guard, Terminal terminal) {
        Draft draft = new Draft(service, facts, slowFacts);
        boolean supervised = given.equals(Descriptors.supervised());
        Passed passedToo = Passed.compile(draft, supervised);
        Descriptors descriptors = passedToo.among(given);
        always(draft, descriptors);
        Namespaces namespaces = Namespaces.of(draft);
        Identity identity = Identity.compile(draft, self(), namespaces.hasUser());
        namespaces.emit(identity.target());
        Networks.compile(draft);
        if (namespaces.isIn(NamespaceType.USER)) {
            draft.enterUserNamespace();
        }
        CapabilitySets.compile(draft, identity, namespaces.plainUserInside(identity.target()));
        ResourceLimits.compile(draft);
        Resources.compile(draft, identity);
        Sandbox.compile(draft, namespaces);
        Program.compile(draft, environments.of(service.process(), identity.target(), passedToo.variables()));
        Terminals.compile(draft, terminal, namespaces.uidInside(identity.target()), descriptors);
        List<CgroupFile> cgroup = cgroup(draft, descriptors, supervised);
        int passed = descriptors.passed() + CgroupLimits.joined(cgroup).size();
        passed += JoinedServices.compile(draft, supervised, passed);
        StoredDescriptors.refuseTooMany(draft, passed);
        if (!draft.problems().isEmpty()) {
            return new CompileResult.Refused(draft.problems());
        }
        return finish(draft, identity.target(), passed, guard, cgroup);
    }

    private Target self() {
        if (self == null) {
            self = Identity.self(facts);
        }
        return self;
    }

    private static void always(Draft draft, Descriptors descriptors) {
        Origin origin = draft.byDefault("");
        draft.op(LaunchOrder.FDS, new Op.Fds(descriptors), origin);
        draft.op(LaunchOrder.SIGNALS, new Op.Signals(), origin);
        draft.op(LaunchOrder.SETSID, new Op.Setsid(), origin);
        Optional<Located<Boolean>> asked = draft.service().privilege().noNewPrivs();
        if (asked.isEmpty() || asked.get().value()) {
            draft.op(
                    LaunchOrder.NO_NEW_PRIVS,
                    new Op.NoNewPrivs(),
                    asked.isPresent() ? asked.get().origin() : draft.byDefault("no_new_privs"));
        }
        draft.service()
                .privilege()
                .deathSignal()
                .ifPresent(signal ->
                        draft.op(LaunchOrder.DEATH_SIGNAL, new Op.DeathSignal(signal.value()), signal.origin()));
    }

    /** The descriptors of v1 cgroups come after those of the service. */
    private static List<CgroupFile> cgroup(Draft draft, Descriptors descriptors, boolean supervised) {
        List<CgroupFile> files = CgroupLimits.compile(draft);
        if (files.isEmpty()) {
            return files;
        }
        if (!supervised) {
            draft.problem(
                    files.get(0).origin(),
                    "limits of a cgroup need the supervisor: they cannot be part of a plan that runs without it");
        }
        int joined = CgroupLimits.joined(files).size();
        if (joined > 0) {
            List<Integer> passed = IntStream.range(descriptors.passed(), descriptors.passed() + joined)
                    .boxed()
                    .toList();
            draft.op(
                    LaunchOrder.CGROUP_JOIN,
                    new Op.CgroupJoin(passed),
                    files.get(0).origin());
        }
        return files;
    }

    private static CompileResult finish(Draft draft, Target target, int passed, Guard guard, List<CgroupFile> cgroup) {
        ServiceSpec service = draft.service();
        // somebody has to write the maps from outside, and to end what is inside
        boolean stays = guard == Guard.STAYS || draft.has(LaunchOrder.NAMESPACES);
        Optional<Signal> deathSignal = service.privilege().deathSignal().map(Located::value);
        List<PlannedOp> ops = draft.ops();
        boolean copy = stays || anyOfTheMemory(ops);
        Plan plan = new Plan(
                copy, stays, passed, Plan.DEFAULT_DEADLINE, deathSignal, ops, hidden(service.process()), cgroup);
        try {
            PlanEncoder.check(plan);
        } catch (PlanTooLargeException e) {
            return new CompileResult.Refused(List.of(
                    new Problem(service.origin(), "cannot compile \"" + service.name() + "\": " + e.getMessage())));
        }
        return new CompileResult.Compiled(plan, target, draft.degraded());
    }

    private static boolean anyOfTheMemory(List<PlannedOp> ops) {
        for (PlannedOp planned : ops) {
            if (OF_THE_MEMORY.contains(planned.op().kind())) {
                return true;
            }
        }
        return false;
    }

    private static Set<String> hidden(ProcessSpec process) {
        Set<String> names = Set.of();
        for (EnvironmentVariable variable : process.environment()) {
            if (variable.hidden()) {
                names = names.isEmpty() ? new HashSet<>() : names;
                names.add(variable.name());
            }
        }
        return names;
    }
}

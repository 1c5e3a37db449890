package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.spec.CgroupSpec;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.StopSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The commands that a service's probes, its stop ladder and its reload run, each as a service of its own: as the same user, with the same
 * rights, environment, limits and filters, in the namespaces that the running service has made. Stateless, any thread.
 */
public final class ServiceCommands {
    private static final Result NONE = new Result(Map.of(), List.of());

    private ServiceCommands() {}

    /** Compiles them: either all plans or all problems. */
    public record Result(Map<ServiceCommand, Plan> plans, List<Problem> problems) {
        public Result {
            plans = Map.copyOf(plans);
            problems = List.copyOf(problems);
        }
    }

    private static List<ServiceCommand> of(ServiceSpec service) {
        List<ServiceCommand> commands = new ArrayList<>();
        service.ready().flatMap(ReadySpec::probe).ifPresent(probe -> add(probe, commands));
        service.health().ifPresent(health -> add(health.probe(), commands));
        add(service.stop().steps(), commands);
        service.reload().ifPresent(reload -> add(reload.steps(), commands));
        return commands;
    }

    private static void add(ProbeSpec probe, List<ServiceCommand> commands) {
        if (probe.check() instanceof ProbeCheck.Exec exec) {
            commands.add(exec.command());
        }
    }

    private static void add(List<StopSpec.Step> steps, List<ServiceCommand> commands) {
        for (StopSpec.Step step : steps) {
            if (step instanceof StopSpec.Step.Exec exec) {
                commands.add(exec.command());
            }
        }
    }

    /** @param plan of the service itself */
    public static Result compile(ServiceSpec service, Plan plan, HostFacts facts, Guard guard) {
        return compile(service, plan, new PlanCompiler(facts), guard);
    }

    /** @param plan of the service itself, by this compiler */
    public static Result compile(ServiceSpec service, Plan plan, PlanCompiler compiler, Guard guard) {
        List<ServiceCommand> commands = of(service);
        if (commands.isEmpty()) {
            return NONE;
        }
        Map<ServiceCommand, Plan> plans = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (ServiceCommand command : commands) {
            if (service.sandbox().userNamespace().isPresent()) {
                problems.add(
                        new Problem(command.origin(), "\"exec\" cannot enter a user namespace with ids of its own"));
                continue;
            }
            ServiceSpec own = asService(service, plan, command);
            CompileResult result = compiler.compile(own, Descriptors.supervised(), guard);
            if (result instanceof CompileResult.Refused refused) {
                problems.addAll(refused.problems());
            } else {
                plans.put(command, ((CompileResult.Compiled) result).plan());
            }
        }
        return new Result(plans, problems);
    }

    /** Their programs that are not there, as {@link Program#missing}. */
    public static List<Problem> missing(ServiceSpec service, HostFacts facts) {
        boolean elsewhere = service.sandbox().join().stream().anyMatch(join -> join.type() == NamespaceType.MOUNT);
        return elsewhere
                ? List.of()
                : of(service).stream()
                        .flatMap(command -> Program.missing(service.with(command.located()), facts).stream())
                        .toList();
    }

    private static ServiceSpec asService(ServiceSpec service, Plan plan, ServiceCommand command) {
        ServiceSpec own = service.with(command.located());
        return new ServiceSpec(
                own.name(),
                command.origin(),
                own.process(),
                own.limits(),
                CgroupSpec.NONE,
                own.privilege(),
                sandbox(service, plan, command.origin()),
                own.lifecycle(),
                dependsOn(service, command.origin()),
                own.ready(),
                own.health(),
                own.notifications(),
                own.activation(),
                own.restart(),
                own.stop(),
                own.reload(),
                own.logs());
    }

    /** Whose namespaces are joined must be there. */
    private static List<Dependency> dependsOn(ServiceSpec service, Origin origin) {
        List<Dependency> all = new ArrayList<>(service.dependsOn());
        all.add(new Dependency(service.name(), Dependency.Condition.STARTED, true, false, origin));
        return all;
    }

    /** What the service has made is joined; what it has joined itself is joined again. */
    private static SandboxSpec sandbox(ServiceSpec service, Plan plan, Origin origin) {
        SandboxSpec none = SandboxSpec.NONE;
        SandboxSpec asked = service.sandbox();
        List<SandboxSpec.Join> join = new ArrayList<>(asked.join());
        for (NamespaceType type : NamespaceType.values()) {
            if ((made(plan) & type.flag()) != 0) {
                join.add(new SandboxSpec.Join(type, service.name(), origin));
            }
        }
        return new SandboxSpec(
                none.namespaces(),
                none.init(),
                none.userNamespace(),
                join,
                none.time(),
                none.root(),
                none.readOnly(),
                none.mounts(),
                none.masked(),
                none.readOnlyPaths(),
                none.hostname(),
                none.domainname(),
                none.sysctls(),
                none.network(),
                asked.landlock(),
                asked.seccomp());
    }

    private static long made(Plan plan) {
        return plan.ops().stream()
                .map(PlannedOp::op)
                .filter(SandboxOp.Namespaces.class::isInstance)
                .mapToLong(op -> ((SandboxOp.Namespaces) op).flags())
                .findFirst()
                .orElse(0);
    }
}

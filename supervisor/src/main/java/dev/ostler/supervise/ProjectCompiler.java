package dev.ostler.supervise;

import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.plan.Problem;
import dev.ostler.plan.ServiceCommands;
import dev.ostler.service.DependencyGraph;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.ServiceCommand;
import dev.ostler.spec.ServiceSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Compiles all services of a project, or says everything that stands against it. Any thread. */
public final class ProjectCompiler {
    private ProjectCompiler() {}

    /** Either all services or all problems. */
    public record Result(List<CompiledService> services, List<Problem> problems) {
        public Result {
            services = List.copyOf(services);
            problems = List.copyOf(problems);
        }
    }

    /** @param guard how the processes of a service will be found: by a guard, or, with none, by a cgroup */
    public static Result compile(ProjectSpec project, HostFacts facts, Guard guard) {
        PlanCompiler compiler = new PlanCompiler(facts);
        DependencyGraph graph = new DependencyGraph(project);
        List<CompiledService> services = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (ServiceSpec spec : project.services()) {
            CompileResult result = compiler.compile(spec, Descriptors.supervised(), guard);
            if (result instanceof CompileResult.Refused refused) {
                problems.addAll(refused.problems());
                continue;
            }
            CompileResult.Compiled compiled = (CompileResult.Compiled) result;
            services.add(new CompiledService(
                    spec,
                    services.size(),
                    graph.rank(spec.name()),
                    compiled.plan(),
                    hooks(spec, compiler, guard, problems),
                    commands(spec, compiled.plan(), compiler, guard, problems),
                    compiled.target(),
                    compiled.degraded()));
        }
        return new Result(problems.isEmpty() ? services : List.of(), problems);
    }

    /** What is left out of them is left out of the service too, and was told there. */
    private static Map<HookSpec.Kind, Plan> hooks(
            ServiceSpec spec, PlanCompiler compiler, Guard guard, List<Problem> problems) {
        if (spec.lifecycle().hooks().isEmpty()) {
            return Map.of();
        }
        Map<HookSpec.Kind, Plan> plans = new EnumMap<>(HookSpec.Kind.class);
        spec.lifecycle().hooks().forEach((kind, hook) -> {
            CompileResult result = compiler.compile(spec.with(hook.command()), Descriptors.supervised(), guard);
            if (result instanceof CompileResult.Compiled compiled) {
                plans.put(kind, compiled.plan());
            } else {
                problems.addAll(((CompileResult.Refused) result).problems());
            }
        });
        return plans;
    }

    private static Map<ServiceCommand, Plan> commands(
            ServiceSpec spec, Plan plan, PlanCompiler compiler, Guard guard, List<Problem> problems) {
        ServiceCommands.Result result = ServiceCommands.compile(spec, plan, compiler, guard);
        problems.addAll(result.problems());
        return result.plans();
    }
}

package dev.ostler.cli;

import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.plan.Program;
import dev.ostler.plan.ServiceCommands;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.yaml.LoadResult;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Finds all that is wrong with a project file, and all that this host or these rights cannot give. */
@Command(
        name = "check",
        description = {
            "Find all mistakes of a project file, and all that it asks for and this user on this machine cannot have.",
            "Nothing is started."
        })
final class CheckCommand implements Callable<Integer> {
    private final LocalContext context;

    @Mixin
    private HelpOption help;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            hidden = true)
    private String fileOption;

    @Parameters(arity = "0..1", paramLabel = "FILE", description = "The YAML (default: ostler.yaml here).")
    private String file;

    CheckCommand(LocalContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String name = file != null ? file : fileOption != null ? fileOption : LocalContext.DEFAULT_FILE;
        LoadResult result = context.load(name);
        if (result instanceof LoadResult.Refused refused) {
            refused.problems().forEach(context.err()::println);
            return ExitCode.FAILED;
        }
        LoadResult.Loaded loaded = (LoadResult.Loaded) result;
        loaded.warnings().forEach(warning -> context.err().println("warning: " + warning));
        return services(name, loaded.project().services());
    }

    private int services(String name, List<ServiceSpec> services) {
        HostFacts facts = context.facts().get();
        Set<String> problems = new LinkedHashSet<>();
        Set<String> warnings = new LinkedHashSet<>();
        for (ServiceSpec service : withHooks(services)) {
            CompileResult result = PlanCompiler.compile(service, facts, Descriptors.supervised(), Guard.NONE);
            if (result instanceof CompileResult.Refused refused) {
                refused.problems().forEach(problem -> problems.add(problem.toString()));
            } else if (result instanceof CompileResult.Compiled compiled) {
                compiled.degraded().forEach(item -> warnings.add("warning: " + item));
                Program.missing(service, facts).ifPresent(problem -> problems.add(problem.toString()));
                ServiceCommands.compile(service, compiled.plan(), facts, Guard.NONE)
                        .problems()
                        .forEach(problem -> problems.add(problem.toString()));
                ServiceCommands.missing(service, facts).forEach(problem -> problems.add(problem.toString()));
            }
        }
        warnings.forEach(context.err()::println);
        problems.forEach(context.err()::println);
        if (!problems.isEmpty()) {
            return ExitCode.FAILED;
        }
        context.out()
                .println(name + ": " + services.size() + (services.size() == 1 ? " service" : " services")
                        + ", no problems");
        return ExitCode.OK;
    }

    /** A hook counts as the service with another command. */
    private static List<ServiceSpec> withHooks(List<ServiceSpec> services) {
        return services.stream()
                .flatMap(service -> Stream.concat(
                        Stream.of(service),
                        service.lifecycle().hooks().values().stream().map(hook -> service.with(hook.command()))))
                .toList();
    }
}

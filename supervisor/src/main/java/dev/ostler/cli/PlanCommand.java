package dev.ostler.cli;

import dev.ostler.base.ErrnoText;
import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.HostFacts;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.plan.PlanEncoder;
import dev.ostler.plan.PlanText;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.yaml.LoadResult;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the kernel operations that would start each service, or writes those of one service into a plan file. */
@Command(
        name = "plan",
        description = {
            "Print the kernel operations that would start each service, one a line, each with the YAML line that asked"
                    + " for it.",
            "With -o, write them into a file for \"ostler exec\" and \"ostler init\" instead."
        })
final class PlanCommand implements Callable<Integer> {
    private final LocalContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "The YAML; the only argument is then SERVICE.")
    private String fileOption;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "PLAN",
            description = "Write the plan of one service, readable by the owner alone.")
    private String output;

    @Option(
            names = "--show-values",
            description = "Print values from env files and from the environment instead of ***.")
    private boolean showValues;

    @Parameters(
            arity = "0..2",
            paramLabel = "FILE [SERVICE]",
            hideParamSyntax = true,
            description = "The YAML (default: ostler.yaml here), and one service of it (default: all).")
    private List<String> arguments = new ArrayList<>();

    PlanCommand(LocalContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        List<String> words = new ArrayList<>(arguments);
        if (fileOption != null) {
            words.add(0, fileOption);
        }
        if (words.size() > 2) {
            throw new ParameterException(spec.commandLine(), "one FILE and one SERVICE at most");
        }
        String file = words.isEmpty() ? LocalContext.DEFAULT_FILE : words.get(0);
        LoadResult result = context.load(file);
        if (result instanceof LoadResult.Refused refused) {
            refused.problems().forEach(context.err()::println);
            return ExitCode.FAILED;
        }
        List<ServiceSpec> all = ((LoadResult.Loaded) result).project().services();
        List<ServiceSpec> chosen = words.size() < 2
                ? all
                : all.stream()
                        .filter(service -> service.name().value().equals(words.get(1)))
                        .toList();
        if (chosen.isEmpty()) {
            context.err().println(UnknownService.text(words.get(1), names(all)));
            return ExitCode.FAILED;
        }
        if (output != null && chosen.size() > 1) {
            throw new ParameterException(
                    spec.commandLine(), "-o takes one service, name one of: " + String.join(", ", names(all)));
        }
        return compile(chosen).map(this::deliver).orElse(ExitCode.FAILED);
    }

    /** By title, a service before its hooks. Empty when one of the services was refused; the reasons are printed then. */
    private Optional<Map<String, Plan>> compile(List<ServiceSpec> services) {
        HostFacts facts = context.facts().get();
        // a plan file runs in its caller's place, with the caller's descriptors
        Descriptors descriptors = output == null ? Descriptors.supervised() : Descriptors.inherited();
        Map<String, Plan> plans = new LinkedHashMap<>();
        boolean sound = true;
        for (Map.Entry<String, ServiceSpec> entry : titled(services).entrySet()) {
            CompileResult result = PlanCompiler.compile(entry.getValue(), facts, descriptors, Guard.NONE);
            if (result instanceof CompileResult.Compiled compiled) {
                compiled.degraded().forEach(item -> context.err().println("warning: " + item));
                plans.put(entry.getKey(), compiled.plan());
            } else if (result instanceof CompileResult.Refused refused) {
                refused.problems().forEach(context.err()::println);
                sound = false;
            }
        }
        return sound ? Optional.of(plans) : Optional.empty();
    }

    /** A plan file holds the service alone: hooks need the supervisor. */
    private Map<String, ServiceSpec> titled(List<ServiceSpec> services) {
        Map<String, ServiceSpec> titled = new LinkedHashMap<>();
        for (ServiceSpec service : services) {
            titled.put(service.name().value(), service);
            for (HookSpec.Kind kind : HookSpec.Kind.values()) {
                service.lifecycle()
                        .hook(kind)
                        .filter(hook -> output == null)
                        .ifPresent(hook -> titled.put(service.name() + " " + kind, service.with(hook.command())));
            }
        }
        return titled;
    }

    private int deliver(Map<String, Plan> plans) {
        if (output == null) {
            plans.forEach((title, plan) -> {
                context.out().println("# " + title);
                context.out().print(PlanText.explain(plan, showValues));
            });
            return ExitCode.OK;
        }
        Path path = context.directory().resolve(output);
        Plan plan = plans.values().iterator().next();
        try {
            PrivateFile.write(path, PlanEncoder.encode(plan));
            return ExitCode.OK;
        } catch (IOException e) {
            context.err().println("cannot write \"" + output + "\": " + ErrnoText.of(e));
            return ExitCode.FAILED;
        }
    }

    private static List<String> names(List<ServiceSpec> services) {
        return services.stream().map(service -> service.name().value()).toList();
    }
}

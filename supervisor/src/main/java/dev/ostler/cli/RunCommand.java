package dev.ostler.cli;

import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.plan.PlanEncoder;
import dev.ostler.plan.Terminal;
import dev.ostler.yaml.LoadResult;
import java.io.FileOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * Compiles one command in a sandbox. The native program, which started this JVM, runs the plan and keeps it for the next
 * time (launcher-native/README.md section 5).
 */
@Command(
        name = "run",
        description = {
            "Run one command with what a profile says, and end with its exit code.",
            "The second time a command is run in the same way no Java is started."
        })
final class RunCommand implements Callable<Integer> {
    private final LocalContext context;

    @Spec
    private CommandSpec spec;

    @Mixin
    private HelpOption help;

    @Option(
            names = {"-p", "--profile"},
            paramLabel = "PROFILE",
            description = "What the command may do: a name, or ./file.yaml#name. May be given several times.")
    private List<String> profiles = new ArrayList<>();

    @Option(
            names = {"-P", "--param"},
            paramLabel = "NAME=VALUE",
            description = "A parameter of the profile, which is named once then; the value is YAML.")
    private List<String> parameters = new ArrayList<>();

    @Option(
            names = {"-s", "--set"},
            paramLabel = "KEY=VALUE",
            description = "One key of a service over the profile, as sandbox.network=none; the value is YAML.")
    private List<String> settings = new ArrayList<>();

    @Option(
            names = {"-i", "--interactive"},
            description = "Standard input goes to the command. It does so anyway without -t.")
    private boolean interactive;

    @Option(
            names = {"-t", "--tty"},
            description = "The command gets a terminal of its own; with -i what is typed goes there.")
    private boolean tty;

    @Option(
            names = "--started-fd",
            paramLabel = "FD",
            description =
                    "--started-fd=FD: when there is a process, write its pid and namespaces to this descriptor, as JSON.")
    private int startedDescriptor;

    @Option(
            names = "--status-fd",
            paramLabel = "FD",
            description = "--status-fd=FD: the same, and one more with the exit code when the command has ended.")
    private int statusDescriptor;

    @Option(names = "--plan-fd", hidden = true)
    private int planDescriptor = -1;

    @Option(names = "--inputs-fd", hidden = true)
    private int inputsDescriptor = -1;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "The program and its arguments, after --.")
    private List<String> command = new ArrayList<>();

    RunCommand(LocalContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        String text;
        try {
            text = RunProject.yaml(RunProject.parents(profiles, parameters), settings, command.get(0));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
        LoadResult result = context.loadText(RunProject.NAME, text);
        if (result instanceof LoadResult.Refused refused) {
            refused.problems().forEach(context.err()::println);
            return ExitCode.FAILED;
        }
        LoadResult.Loaded loaded = (LoadResult.Loaded) result;
        CompileResult compiled = PlanCompiler.compile(
                loaded.project().services().get(0),
                context.facts().get(),
                Descriptors.inherited(),
                Guard.NONE,
                terminal());
        if (compiled instanceof CompileResult.Refused refused) {
            refused.problems().forEach(context.err()::println);
            return ExitCode.FAILED;
        }
        CompileResult.Compiled sound = (CompileResult.Compiled) compiled;
        sound.degraded().forEach(item -> context.err().println("warning: " + item));
        return deliver(sound, loaded);
    }

    private Terminal terminal() {
        if (!tty) {
            return Terminal.NONE;
        }
        return interactive ? Terminal.INTERACTIVE : Terminal.SHOWN;
    }

    /** A plan with hidden values, or with something left out that has to be said each time, is not kept. */
    private int deliver(CompileResult.Compiled compiled, LoadResult.Loaded loaded) {
        Plan plan = compiled.plan();
        boolean keep = plan.hiddenVariables().isEmpty() && compiled.degraded().isEmpty();
        try {
            write(planDescriptor, PlanEncoder.encode(plan));
            if (keep) {
                write(inputsDescriptor, PlanInputs.of(loaded, context.environment(), RunProject.NAME));
            }
            return ExitCode.OK;
        } catch (IOException e) {
            context.err().println("cannot hand over the plan: " + e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private void write(int descriptor, byte[] bytes) throws IOException {
        if (descriptor < 0) {
            throw new ParameterException(spec.commandLine(), "\"run\" is started by the native program only");
        }
        try (FileOutputStream out = new FileOutputStream("/proc/self/fd/" + descriptor)) {
            out.write(bytes);
        }
    }
}

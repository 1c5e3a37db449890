package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ServiceSpec;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is executed, where and with which environment; and whether it is there. Stateless, any thread. */
public final class Program {
    /** PATH of a service that declares none. */
    public static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Program() {}

    static void compile(Draft draft, Environments.Environment environment) {
        ProcessSpec process = draft.service().process();
        refuseNul(draft, process.command().value(), process.command().origin());
        for (EnvironmentVariable variable : process.environment()) {
            refuseNul(draft, List.of(variable.name(), variable.value()), variable.origin());
            if (variable.name().isEmpty() || variable.name().contains("=")) {
                draft.problem(variable.origin(), "invalid variable name \"" + variable.name() + "\"");
            }
        }
        String directory = process.workingDirectory().value().toString();
        refuseNul(draft, List.of(directory), process.workingDirectory().origin());
        draft.op(
                LaunchOrder.CHDIR,
                new Op.Chdir(directory),
                process.workingDirectory().origin());
        process.umask().ifPresent(umask -> draft.op(LaunchOrder.UMASK, new Op.Umask(umask.value()), umask.origin()));
        draft.op(
                LaunchOrder.EXECVE,
                new Op.Execve(
                        candidates(process, environment.path()),
                        process.command().value(),
                        environment.entries()),
                process.command().origin());
    }

    /**
     * Looks whether the program of a service exists, with the supervisor's own eyes. Not part of compiling: a program
     * may come later, and the launch says so itself when it has not.
     */
    public static Optional<Problem> missing(ServiceSpec service, HostFacts facts) {
        ProcessSpec process = service.process();
        if (service.sandbox().hasMounts()) {
            return Optional.empty(); // it may be there only in the sandbox
        }
        Located<List<String>> command = process.command();
        String program = command.value().get(0);
        String path = path(process);
        List<Executable> found = candidates(process, path).stream()
                .map(candidate -> facts.executable(Path.of(candidate)))
                .toList();
        if (found.contains(Executable.EXECUTABLE)) {
            return Optional.empty();
        }
        String message;
        if (found.contains(Executable.NOT_EXECUTABLE)) {
            message = "\"" + program + "\" is not an executable file";
        } else if (program.contains("/")) {
            message = "cannot find \"" + program + "\"";
        } else {
            message = "cannot find \"" + program + "\" in PATH (" + path + ")";
        }
        return Optional.of(new Problem(command.origin(), message));
    }

    private static String path(ProcessSpec process) {
        return process.environment().stream()
                .filter(variable -> variable.name().equals("PATH"))
                .map(EnvironmentVariable::value)
                .findFirst()
                .orElse(DEFAULT_PATH);
    }

    private static List<String> candidates(ProcessSpec process, String path) {
        String program = process.command().value().get(0);
        Path directory = process.workingDirectory().value();
        if (program.contains("/")) {
            return List.of(absolute(directory, "", program));
        }
        Set<String> candidates = new LinkedHashSet<>();
        for (String place : path.split(":", -1)) {
            candidates.add(absolute(directory, place, program));
        }
        return List.copyOf(candidates);
    }

    /** Plain text instead of Path.resolve where the program is empty or odd: the launcher reports what it tried. */
    private static String absolute(Path directory, String place, String program) {
        String relative = place.isEmpty() ? program : place + "/" + program;
        if (relative.startsWith("/")) {
            return relative;
        }
        String plain = relative.startsWith("./") ? relative.substring(2) : relative;
        return (directory.toString().equals("/") ? "" : directory) + "/" + plain;
    }

    private static void refuseNul(Draft draft, List<String> texts, Origin origin) {
        for (String text : texts) {
            if (text.indexOf('\0') >= 0) {
                draft.problem(origin, "a NUL character cannot be passed to a program");
                return;
            }
        }
    }
}

package dev.ostler.plan;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ServiceSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What is executed, where and with which environment; and whether it is there. Stateless, any thread. */
public final class Program {
    /** PATH of a service that declares none. */
    public static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private Program() {}

    /** @param own variables that Ostler sets */
    static void compile(Draft draft, Target target, Map<String, String> own) {
        ProcessSpec process = draft.service().process();
        refuseNul(draft, process.command().value(), process.command().origin());
        for (EnvironmentVariable variable : process.environment()) {
            refuseNul(draft, List.of(variable.name(), variable.value()), variable.origin());
            if (variable.name().isEmpty() || variable.name().contains("=")) {
                draft.problem(variable.origin(), "invalid variable name \"" + variable.name() + "\"");
            }
        }
        refuseNul(
                draft,
                List.of(process.workingDirectory().value().toString()),
                process.workingDirectory().origin());
        Map<String, String> environment = environment(process, target);
        environment.putAll(own);
        draft.op(
                LaunchOrder.CHDIR,
                new Op.Chdir(process.workingDirectory().value().toString()),
                process.workingDirectory().origin());
        process.umask().ifPresent(umask -> draft.op(LaunchOrder.UMASK, new Op.Umask(umask.value()), umask.origin()));
        draft.op(
                LaunchOrder.EXECVE,
                new Op.Execve(
                        candidates(process, environment.get("PATH")),
                        process.command().value(),
                        environment.entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .toList()),
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

    private static Map<String, String> environment(ProcessSpec process, Target target) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("PATH", DEFAULT_PATH);
        environment.put("HOME", target.home());
        environment.put("USER", target.name());
        environment.put("LOGNAME", target.name());
        environment.put("SHELL", target.shell());
        process.environment().forEach(variable -> environment.put(variable.name(), variable.value()));
        return environment;
    }

    private static List<String> candidates(ProcessSpec process, String path) {
        String program = process.command().value().get(0);
        Path directory = process.workingDirectory().value();
        Stream<String> places = program.contains("/") ? Stream.of("") : Stream.of(path.split(":", -1));
        return places.map(place -> absolute(directory, place, program))
                .distinct()
                .toList();
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
        if (texts.stream().anyMatch(text -> text.indexOf('\0') >= 0)) {
            draft.problem(origin, "a NUL character cannot be passed to a program");
        }
    }
}

package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.LandlockSpec.PathRule;
import dev.ostler.spec.ProcessSpec;
import dev.ostler.spec.ServiceSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Warns of what a service names and Landlock keeps from it. A JVM that may not read its jar only says that there is none.
 * By names alone: a link that leads elsewhere is taken for what it is called, so it is never more than a warning.
 */
final class OutOfReach {
    private static final Set<String> PATHS_FOLLOW =
            Set.of("-jar", "-cp", "-classpath", "--class-path", "-p", "--module-path");

    private static final List<String> PATH_WITHIN = List.of("-javaagent:", "-agentpath:");

    private final ServiceSpec service;
    private final LandlockSpec landlock;
    private final Problems problems;

    private OutOfReach(ServiceSpec service, LandlockSpec landlock, Problems problems) {
        this.service = service;
        this.landlock = landlock;
        this.problems = problems;
    }

    static void warn(ServiceSpec service, Problems problems) {
        service.sandbox()
                .landlock()
                .filter(LandlockSpec::restrictsFiles)
                .ifPresent(landlock -> new OutOfReach(service, landlock, problems).warn());
    }

    private void warn() {
        ProcessSpec process = service.process();
        Path directory = process.workingDirectory().value();
        if (!isWithin(directory, all())) {
            warn(process.workingDirectory(), directory, "read");
        }
        List<String> command = process.command().value();
        Path program = directory.resolve(command.get(0)).normalize();
        if (command.get(0).contains("/") && !isWithin(program, landlock.execute())) {
            warn(process.command(), program, "execute");
        }
        for (int i = 1; i < command.size(); i++) {
            for (String part : paths(command.get(i - 1), command.get(i))) {
                Path path = directory.resolve(part).normalize();
                if (!isWithin(path, all())) {
                    warn(process.command(), path, "read");
                }
            }
        }
    }

    private static List<String> paths(String before, String word) {
        if (PATHS_FOLLOW.contains(before)) {
            return Arrays.stream(word.split(":"))
                    .filter(part -> !part.isEmpty())
                    .map(part -> part.endsWith("/*") ? part.substring(0, part.length() - 1) : part)
                    .toList();
        }
        return PATH_WITHIN.stream()
                .filter(word::startsWith)
                .map(option -> word.substring(option.length()).split("=", 2)[0])
                .filter(path -> !path.isEmpty())
                .toList();
    }

    private Optional<Located<List<PathRule>>> all() {
        List<PathRule> rules = new ArrayList<>();
        Stream.of(landlock.read(), landlock.execute(), landlock.write())
                .forEach(list -> list.ifPresent(paths -> rules.addAll(paths.value())));
        return Optional.of(new Located<>(rules, landlock.origin()));
    }

    private static boolean isWithin(Path path, Optional<Located<List<PathRule>>> rules) {
        return rules.map(Located::value).orElse(List.of()).stream()
                .anyMatch(rule -> path.startsWith(Path.of(rule.path()).normalize()));
    }

    private void warn(Located<?> asked, Path path, String key) {
        problems.warn(
                asked.origin(),
                "\"" + path + "\" is out of reach for \"" + service.name() + "\": no path of its landlock holds it, add"
                        + " it to \"" + key + "\" (" + landlock.origin().file() + ":"
                        + landlock.origin().line() + ":"
                        + landlock.origin().column() + ")");
    }
}

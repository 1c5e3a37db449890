package dev.ostler.daemon;

import dev.ostler.base.ProjectHash;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * What the keeper hands to the JVM on its command line, as KEY=VALUE (launcher-native/README.md, section 3).
 *
 * @param home of the installation
 * @param project directory of the project
 * @param file absolute path of the YAML file
 * @param detached {@code up -d}
 * @param colour standard output is a terminal
 */
record StartArguments(Path home, Path project, Path file, boolean detached, boolean colour) {
    static StartArguments parse(String[] args) {
        Map<String, String> values = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 0) {
                throw new IllegalArgumentException("argument \"" + arg + "\" is not KEY=VALUE");
            }
            values.put(arg.substring(0, equals), arg.substring(equals + 1));
        }
        return new StartArguments(
                Path.of(need(values, "home")),
                Path.of(need(values, "project")),
                Path.of(need(values, "file")),
                need(values, "mode").equals("detached"),
                values.getOrDefault("color", "0").equals("1"));
    }

    private static String need(Map<String, String> values, String key) {
        String value = values.get(key);
        if (value == null) {
            throw new IllegalArgumentException("argument \"" + key + "=\" is missing");
        }
        return value;
    }

    String projectHash() {
        return ProjectHash.of(project);
    }

    /** Name of the YAML file as messages show it. */
    String displayName() {
        return file.startsWith(project) ? project.relativize(file).toString() : file.toString();
    }
}

package dev.ostler.plan;

import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.ProcessSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What programs find in their environment. Services that declare the same, and run as the same user, share it. One thread. */
final class Environments {
    private List<EnvironmentVariable> declared = List.of();
    private Target target;
    private Environment latest;

    /**
     * The environment of a program.
     *
     * @param path where it is looked up
     * @param entries {@code NAME=value}
     */
    record Environment(String path, List<String> entries) {}

    /** @param own variables that Ostler sets */
    Environment of(ProcessSpec process, Target user, Map<String, String> own) {
        if (!own.isEmpty()) {
            return make(process, user, own);
        }
        if (process.environment() != declared || user != target) {
            latest = make(process, user, own);
            declared = process.environment();
            target = user;
        }
        return latest;
    }

    private static Environment make(ProcessSpec process, Target user, Map<String, String> own) {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("PATH", Program.DEFAULT_PATH);
        variables.put("HOME", user.home());
        variables.put("USER", user.name());
        variables.put("LOGNAME", user.name());
        variables.put("SHELL", user.shell());
        for (EnvironmentVariable variable : process.environment()) {
            variables.put(variable.name(), variable.value());
        }
        variables.putAll(own);
        List<String> entries = new ArrayList<>(variables.size());
        variables.forEach((name, value) -> entries.add(name + "=" + value));
        return new Environment(variables.get("PATH"), List.copyOf(entries));
    }
}

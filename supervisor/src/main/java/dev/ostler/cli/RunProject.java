package dev.ostler.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The project of one service that a command line stands for, as YAML. Stateless. */
final class RunProject {
    /** How messages name it; no file of this name is read. */
    static final String NAME = "<command line>";

    private RunProject() {}

    /**
     * The text.
     *
     * @param profiles items of {@code extends}, as YAML
     * @param settings {@code key.key=VALUE}, the value being YAML
     * @throws IllegalArgumentException for a setting that is none
     */
    static String yaml(List<String> profiles, List<String> settings, String command) {
        Map<String, Object> tree = new LinkedHashMap<>();
        settings.forEach(setting -> put(tree, setting));
        StringBuilder out = new StringBuilder("services:\n  run:\n    command: [" + quoted(command) + "]\n");
        if (!profiles.isEmpty()) {
            out.append("    extends: [").append(String.join(", ", profiles)).append("]\n");
        }
        append(out, tree, "    ");
        return out.toString();
    }

    /**
     * Items of {@code extends}, as YAML.
     *
     * @param parameters {@code NAME=VALUE} of the only profile, the value being YAML
     */
    static List<String> parents(List<String> profiles, List<String> parameters) {
        if (parameters.isEmpty()) {
            return profiles.stream().map(RunProject::quoted).toList();
        }
        if (profiles.size() != 1) {
            throw new IllegalArgumentException("--param belongs to one profile, and there are " + profiles.size());
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        for (String parameter : parameters) {
            if (parameter.substring(0, Math.max(0, parameter.indexOf('='))).contains(".")) {
                throw new IllegalArgumentException("\"" + parameter + "\" is not NAME=VALUE");
            }
            put(tree, parameter);
        }
        StringBuilder with = new StringBuilder();
        tree.forEach((name, value) -> with.append(with.isEmpty() ? "" : ", ")
                .append(quoted(name))
                .append(": ")
                .append(((String) value).replace("\n", " ")));
        return List.of("{ profile: " + quoted(profiles.get(0)) + ", with: { " + with + " } }");
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, Object> tree, String setting) {
        int equals = setting.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("\"" + setting + "\" is not KEY=VALUE");
        }
        Map<String, Object> at = tree;
        String[] keys = setting.substring(0, equals).split("\\.", -1);
        for (int i = 0; i < keys.length - 1; i++) {
            Object next = at.computeIfAbsent(keys[i], key -> new LinkedHashMap<String, Object>());
            if (!(next instanceof Map)) {
                throw new IllegalArgumentException("\"" + keys[i] + "\" is set twice");
            }
            at = (Map<String, Object>) next;
        }
        if (at.put(keys[keys.length - 1], setting.substring(equals + 1)) != null) {
            throw new IllegalArgumentException("\"" + setting.substring(0, equals) + "\" is set twice");
        }
    }

    @SuppressWarnings("unchecked")
    private static void append(StringBuilder out, Map<String, Object> tree, String indent) {
        tree.forEach((key, value) -> {
            out.append(indent).append(quoted(key)).append(":");
            if (value instanceof Map) {
                out.append('\n');
                append(out, (Map<String, Object>) value, indent + "  ");
            } else {
                out.append(' ').append(((String) value).replace("\n", " ")).append('\n');
            }
        });
    }

    /** A single-quoted YAML scalar; a dollar stays one. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''").replace("$", "$$") + "'";
    }
}

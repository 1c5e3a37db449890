package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Brings one written partial service into the one spelling that layers merge in: a command of words, an environment
 * that is a mapping, {@code restart} as a mapping, {@code reload} as a list, {@code sandbox.no_new_privs} as {@code no_new_privs}. Refuses what
 * contradicts itself within a layer.
 */
final class Layer {
    /** One text stands for a list of one. */
    private static final Set<String> ONE_IS_A_LIST = Set.of("env_file", "group_add");

    private final Problems problems;

    Layer(Problems problems) {
        this.problems = problems;
    }

    /** The same partial service, without {@code extends}. */
    YamlNode.Mapping normalize(YamlNode.Mapping written) {
        LinkedHashMap<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (YamlNode.Entry entry : written.entries().values()) {
            if (entry.key().equals("sandbox")) {
                hoistSandbox(entry, entries);
            } else if (!entry.key().equals("extends")) {
                YamlNode value = normalize(entry);
                boolean same = value == entry.value();
                add(entries, same ? entry : new YamlNode.Entry(entry.key(), entry.origin(), value));
            }
        }
        refuseBoth(entries, "stop_signal");
        refuseBoth(entries, "stop_grace_period");
        return YamlNode.Mapping.of(written.origin(), entries);
    }

    private void add(Map<String, YamlNode.Entry> entries, YamlNode.Entry entry) {
        YamlNode.Entry first = entries.putIfAbsent(entry.key(), entry);
        if (first != null) {
            problems.add(
                    entry.origin(), "\"" + entry.key() + "\" is given twice, the first is at " + place(first.origin()));
        }
    }

    private void refuseBoth(Map<String, YamlNode.Entry> entries, String shortForm) {
        if (entries.containsKey("stop") && entries.containsKey(shortForm)) {
            YamlNode.Entry refused = entries.remove(shortForm);
            problems.add(
                    refused.origin(), "both \"stop\" and \"" + shortForm + "\"; put " + shortForm + " into the ladder");
        }
    }

    private void hoistSandbox(YamlNode.Entry sandbox, Map<String, YamlNode.Entry> entries) {
        if (!(sandbox.value() instanceof YamlNode.Mapping mapping)) {
            problems.add(
                    sandbox.value().origin(),
                    "expected a mapping, found " + sandbox.value().kind());
            return;
        }
        Map<String, YamlNode.Entry> rest = mapping.copy();
        YamlNode.Entry noNewPrivs = rest.remove("no_new_privs");
        if (noNewPrivs != null) {
            add(entries, noNewPrivs);
        }
        if (!rest.isEmpty()) {
            YamlNode.Mapping value = new YamlNode.Mapping(mapping.origin(), rest);
            add(entries, new YamlNode.Entry(sandbox.key(), sandbox.origin(), value));
        }
    }

    private YamlNode normalize(YamlNode.Entry entry) {
        String key = entry.key().startsWith("+") ? entry.key().substring(1) : entry.key();
        YamlNode value = entry.value();
        if (value instanceof YamlNode.Scalar text && !text.absent()) {
            if (key.equals("command")) {
                return command(text);
            }
            if (ONE_IS_A_LIST.contains(key)) {
                return new YamlNode.Sequence(text.origin(), List.of(text));
            }
            if (key.equals("restart")) {
                YamlNode.Entry policy = new YamlNode.Entry("policy", text.origin(), text);
                return new YamlNode.Mapping(text.origin(), Map.of("policy", policy));
            }
        }
        if (key.equals("hooks") && value instanceof YamlNode.Mapping hooks) {
            return new YamlNode.Mapping(hooks.origin(), each(hooks, this::hook));
        }
        if (key.equals("reload") && value instanceof YamlNode.Mapping step) {
            return new YamlNode.Sequence(step.origin(), List.of(step));
        }
        return value instanceof YamlNode.Sequence list && entry.key().equals("environment") ? environment(list) : value;
    }

    private YamlNode command(YamlNode.Scalar text) {
        List<YamlNode> words = new ArrayList<>();
        try {
            for (String word : CommandLine.split(text.text())) {
                words.add(new YamlNode.Scalar(text.origin(), word));
            }
        } catch (BadValue e) {
            problems.add(text.origin(), e.getMessage());
            words.add(text);
        }
        return new YamlNode.Sequence(text.origin(), words);
    }

    /** As a mapping, whose command is a list of words. */
    private YamlNode hook(YamlNode.Entry hook) {
        YamlNode value = hook.value();
        if (value instanceof YamlNode.Mapping mapping) {
            return new YamlNode.Mapping(mapping.origin(), each(mapping, this::normalize));
        }
        if (value instanceof YamlNode.Scalar text && text.absent()) {
            return value;
        }
        YamlNode.Entry command = new YamlNode.Entry("command", value.origin(), value);
        return new YamlNode.Mapping(
                value.origin(), Map.of("command", new YamlNode.Entry("command", value.origin(), normalize(command))));
    }

    private static Map<String, YamlNode.Entry> each(
            YamlNode.Mapping mapping, Function<YamlNode.Entry, YamlNode> change) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        mapping.entries()
                .forEach((key, entry) ->
                        entries.put(key, new YamlNode.Entry(entry.key(), entry.origin(), change.apply(entry))));
        return entries;
    }

    private YamlNode environment(YamlNode.Sequence list) {
        Map<String, YamlNode.Entry> variables = new LinkedHashMap<>();
        for (YamlNode item : list.items()) {
            int equals = item instanceof YamlNode.Scalar text ? text.text().indexOf('=') : -1;
            if (equals < 0) {
                String found = item instanceof YamlNode.Scalar text && !text.absent()
                        ? "\"" + text.text() + "\""
                        : item.kind();
                problems.add(item.origin(), "expected NAME=value, found " + found);
                continue;
            }
            String text = ((YamlNode.Scalar) item).text();
            YamlNode value = new YamlNode.Scalar(item.origin(), text.substring(equals + 1));
            add(variables, new YamlNode.Entry(text.substring(0, equals), item.origin(), value));
        }
        return new YamlNode.Mapping(list.origin(), variables);
    }

    private static String place(Origin origin) {
        return origin.file() + ":" + origin.line() + ":" + origin.column();
    }
}

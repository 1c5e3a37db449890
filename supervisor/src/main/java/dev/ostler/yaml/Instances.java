package dev.ostler.yaml;

import dev.ostler.base.ServiceName;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Makes of a service with {@code instances} or {@code scale} one service for each, {@code NAME@INSTANCE}. In all of its texts
 * {@code ${instance}} stands for the instance; all of them are in a group of the service's name.
 */
final class Instances {
    /** Of one service: what a supervisor can look after. */
    static final int MOST = 1000;

    private static final String REFERENCE = "${instance}";

    private Instances() {}

    /** The instances in order; empty for a service that has none but is one itself. */
    static Optional<List<String>> of(String service, YamlMap map) {
        Optional<Yaml> scale = map.get("scale");
        Optional<Yaml> instances = map.get("instances");
        if (scale.isPresent() && instances.isPresent()) {
            scale.get().problem("both \"scale\" and \"instances\"");
        }
        if (instances.isPresent()) {
            return Optional.of(named(service, instances.get()));
        }
        return scale.map(value -> value.as(Scalars.integer(0, MOST)).orElse(0))
                .map(count -> IntStream.rangeClosed(1, count)
                        .mapToObj(Integer::toString)
                        .toList());
    }

    private static List<String> named(String service, Yaml instances) {
        Set<String> names = new LinkedHashSet<>();
        for (Yaml item : instances.list()) {
            item.as(text -> instance(service, text)).ifPresent(name -> {
                if (!names.add(name)) {
                    item.problem("\"" + name + "\" is named twice");
                }
            });
        }
        if (names.size() > MOST) {
            instances.problem("more than " + MOST + " instances");
        }
        return List.copyOf(names);
    }

    private static String instance(String service, String text) throws BadValue {
        if (text.isEmpty() || !ServiceName.isValid(service + "@" + text)) {
            throw new BadValue("\"" + service + "@" + text + "\" is not a service name: 1 to " + ServiceName.MAX_LENGTH
                    + " letters, digits and . _ @ -");
        }
        return text;
    }

    /** A partial service as some instance: for what is only checked. */
    static YamlNode.Mapping any(YamlNode.Mapping partial) {
        return (YamlNode.Mapping) replaced(partial, "1");
    }

    /** The service as this instance. */
    static YamlNode.Mapping instance(YamlNode.Mapping service, String name, String instance) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (YamlNode.Entry entry : service.entries().values()) {
            if (!Schema.INSTANCES.keys().contains(entry.key())) {
                entries.put(entry.key(), replaced(entry, instance));
            }
        }
        entries.put("groups", groups(service, entries.get("groups"), name));
        return new YamlNode.Mapping(service.origin(), entries);
    }

    private static YamlNode.Entry groups(YamlNode.Mapping service, YamlNode.Entry written, String name) {
        YamlNode.Scalar group = new YamlNode.Scalar(service.origin(), name);
        if (written == null) {
            return new YamlNode.Entry(
                    "groups", service.origin(), new YamlNode.Sequence(service.origin(), List.of(group)));
        }
        if (!(written.value() instanceof YamlNode.Sequence list)) {
            return written; // a problem of its reader
        }
        List<YamlNode> items = new ArrayList<>(list.items());
        boolean named = items.stream()
                .anyMatch(item ->
                        item instanceof YamlNode.Scalar text && text.text().equals(name));
        if (!named) {
            items.add(group);
        }
        return new YamlNode.Entry("groups", written.origin(), new YamlNode.Sequence(list.origin(), items));
    }

    private static YamlNode.Entry replaced(YamlNode.Entry entry, String instance) {
        YamlNode value = replaced(entry.value(), instance);
        return value == entry.value() ? entry : new YamlNode.Entry(entry.key(), entry.origin(), value);
    }

    /** The very same node where there is nothing to replace, so that it is read once for all instances. */
    private static YamlNode replaced(YamlNode node, String instance) {
        if (node instanceof YamlNode.Mapping mapping) {
            LinkedHashMap<String, YamlNode.Entry> entries = new LinkedHashMap<>();
            boolean same = true;
            for (YamlNode.Entry entry : mapping.entries().values()) {
                YamlNode.Entry done = replaced(entry, instance);
                same &= done == entry;
                entries.put(entry.key(), done);
            }
            return same ? mapping : YamlNode.Mapping.of(mapping.origin(), entries);
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<YamlNode> items = new ArrayList<>(sequence.items().size());
            boolean same = true;
            for (YamlNode item : sequence.items()) {
                YamlNode done = replaced(item, instance);
                same &= done == item;
                items.add(done);
            }
            return same ? sequence : new YamlNode.Sequence(sequence.origin(), items);
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return scalar.text().contains(REFERENCE)
                ? new YamlNode.Scalar(scalar.origin(), spliced(scalar.text(), instance))
                : scalar;
    }

    /** {@code $$} is a dollar, whatever follows. */
    private static String spliced(String text, String instance) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith(REFERENCE, at)) {
                out.append(instance);
                at += REFERENCE.length();
            } else {
                int length = text.startsWith("$$", at) ? 2 : 1;
                out.append(text, at, at + length);
                at += length;
            }
        }
        return out.toString();
    }
}

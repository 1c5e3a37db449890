package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A profile as it is after everything it extends was laid under it, as lines of YAML.
 *
 * @param description empty when it has none
 */
public record ShownProfile(String name, String description, List<Parameter> parameters, List<Line> lines) {
    private static final String INDENT = "  ";

    /** Texts that mean themselves without quotes. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_./+][A-Za-z0-9_./+=@%-]*");

    private static final Pattern NULL = Pattern.compile("null|Null|NULL");

    public ShownProfile {
        parameters = List.copyOf(parameters);
        lines = List.copyOf(lines);
    }

    /**
     * What it leaves open.
     *
     * @param value its default, empty when there is none
     * @param description empty when it has none
     */
    public record Parameter(String name, Optional<String> value, String description, Origin origin) {}

    /**
     * One line.
     *
     * @param key dotted path of what it is about
     * @param value what the line says of that; empty when further lines do
     * @param origin who said so
     */
    public record Line(String text, String key, Optional<String> value, Origin origin) {}

    static String description(YamlNode profile, Context context) {
        return profile instanceof YamlNode.Mapping mapping
                ? mapping.entry("description")
                        .flatMap(entry -> new Yaml(entry.value(), context).as(Scalars::nonEmpty))
                        .orElse("")
                : "";
    }

    /** @param effective without what belongs to the profile alone */
    static ShownProfile of(YamlNode.Entry written, YamlNode.Mapping effective, Context context) {
        List<Parameter> parameters = new ArrayList<>();
        Map<String, YamlNode.Entry> open = new LinkedHashMap<>();
        if (written.value() instanceof YamlNode.Mapping mapping) {
            Parameters.declarations(mapping).forEach((name, entry) -> {
                Optional<String> value = Parameters.defaultOf(entry.value()).map(ShownProfile::flow);
                String description = description(entry.value(), context);
                parameters.add(new Parameter(name, value, description, entry.origin()));
                if (value.isEmpty()) {
                    open.put(
                            name,
                            new YamlNode.Entry(name, entry.origin(), new YamlNode.Scalar(entry.origin(), "", true)));
                }
            });
        }
        List<Line> lines = new ArrayList<>();
        if (!open.isEmpty()) {
            YamlNode.Mapping needed = new YamlNode.Mapping(written.origin(), open);
            entry(new YamlNode.Entry("params", written.origin(), needed), "", "", lines);
        }
        effective.entries().values().forEach(entry -> entry(entry, "", "", lines));
        return new ShownProfile(written.key(), description(written.value(), context), parameters, lines);
    }

    private static void entry(YamlNode.Entry entry, String indent, String path, List<Line> lines) {
        String key = path.isEmpty() ? entry.key() : path + "." + entry.key();
        String start = indent + quoted(entry.key()) + ":";
        if (entry.value() instanceof YamlNode.Mapping mapping
                && !mapping.entries().isEmpty()) {
            lines.add(new Line(start, key, Optional.empty(), entry.origin()));
            mapping.entries().values().forEach(inner -> entry(inner, indent + INDENT, key, lines));
        } else if (entry.value() instanceof YamlNode.Sequence list
                && !list.items().isEmpty()) {
            lines.add(new Line(start, key, Optional.empty(), entry.origin()));
            for (int i = 0; i < list.items().size(); i++) {
                YamlNode item = list.items().get(i);
                String text = flow(item);
                lines.add(new Line(indent + "- " + text, key + "[" + i + "]", Optional.of(text), item.origin()));
            }
        } else {
            String text = flow(entry.value());
            lines.add(new Line(
                    text.isEmpty() ? start : start + " " + text,
                    key,
                    Optional.of(text),
                    entry.value().origin()));
        }
    }

    private static String flow(YamlNode node) {
        if (node instanceof YamlNode.Mapping mapping) {
            List<String> parts = mapping.entries().values().stream()
                    .map(entry -> quoted(entry.key()) + ": " + flow(entry.value()))
                    .toList();
            return parts.isEmpty() ? "{}" : "{ " + String.join(", ", parts) + " }";
        }
        if (node instanceof YamlNode.Sequence list) {
            return "["
                    + String.join(
                            ", ", list.items().stream().map(ShownProfile::flow).toList()) + "]";
        }
        YamlNode.Scalar scalar = (YamlNode.Scalar) node;
        return scalar.absent() ? "" : quoted(scalar.text());
    }

    private static String quoted(String text) {
        if (PLAIN.matcher(text).matches() && !NULL.matcher(text).matches()) {
            return text;
        }
        if (text.chars().noneMatch(c -> c < ' ' || c == 0x7f)) {
            return "'" + text.replace("'", "''") + "'";
        }
        StringBuilder out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || c == 0x7f) {
                out.append(String.format("\\x%02x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}

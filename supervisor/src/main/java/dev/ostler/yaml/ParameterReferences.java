package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Replaces {@code ${param.NAME}} in the tree of a profile, before anything else happens to it. A value that is nothing but
 * a reference becomes what was given, with the place where it was given; elsewhere the text is put in. What was put in is
 * not looked at again.
 */
final class ParameterReferences {
    /** How a reference begins; no variable of the environment can be meant, as their names have no dot. */
    static final String REFERENCE = "${param.";

    private final Set<String> declared;
    private final Map<String, YamlNode> values;
    private final Problems problems;
    private final Bounds bounds;
    private final Set<String> used = new LinkedHashSet<>();
    private boolean sound = true;
    private boolean open; // a value was missing

    ParameterReferences(Set<String> declared, Map<String, YamlNode> values, Problems problems, Bounds bounds) {
        this.declared = declared;
        this.values = values;
        this.problems = problems;
        this.bounds = bounds;
    }

    /** How many values and characters references may make of one project: a chain of profiles doubles them easily. */
    static final class Bounds {
        private long valuesLeft = NodeConverter.MOST_VALUES;
        private long charactersLeft = TextDecoder.MOST_BYTES;

        private void take(long values, long characters) throws BadValue {
            valuesLeft -= values;
            charactersLeft -= characters;
            if (valuesLeft < 0 || charactersLeft < 0) {
                throw new BadValue("parameters unfold to more than " + NodeConverter.MOST_VALUES + " values or "
                        + TextDecoder.MOST_BYTES + " characters");
            }
        }
    }

    /** Names of the parameters that something refers to. */
    Set<String> used() {
        return used;
    }

    /**
     * The tree without references; nothing when it has a mistake, which is a problem then.
     *
     * @param leaveOut entries that refer to a parameter without a value are left out; else such references stay
     */
    Optional<YamlNode.Mapping> replace(YamlNode.Mapping body, boolean leaveOut) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        try {
            for (YamlNode.Entry entry : body.entries().values()) {
                open = false;
                YamlNode value = replaced(entry.value(), 2);
                if (!(open && leaveOut)) {
                    entries.put(entry.key(), new YamlNode.Entry(entry.key(), entry.origin(), value));
                }
            }
        } catch (BadValue e) {
            problems.add(body.origin(), e.getMessage());
            return Optional.empty();
        }
        return sound ? Optional.of(new YamlNode.Mapping(body.origin(), entries)) : Optional.empty();
    }

    private YamlNode replaced(YamlNode node, int depth) throws BadValue {
        if (depth > NodeParser.DEEPEST) {
            throw new BadValue("parameters unfold to more than " + NodeParser.DEEPEST + " levels");
        }
        bounds.take(1, 0);
        if (node instanceof YamlNode.Mapping mapping) {
            Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
            for (YamlNode.Entry entry : mapping.entries().values()) {
                YamlNode value = replaced(entry.value(), depth + 1);
                entries.put(entry.key(), new YamlNode.Entry(entry.key(), entry.origin(), value));
            }
            return new YamlNode.Mapping(mapping.origin(), entries);
        }
        if (node instanceof YamlNode.Sequence sequence) {
            List<YamlNode> items = new ArrayList<>();
            for (YamlNode item : sequence.items()) {
                YamlNode value = replaced(item, depth + 1);
                if (value instanceof YamlNode.Sequence several && item instanceof YamlNode.Scalar) {
                    items.addAll(several.items()); // a list among the items of a list: its items
                } else {
                    items.add(value);
                }
            }
            return new YamlNode.Sequence(sequence.origin(), items);
        }
        return scalar((YamlNode.Scalar) node, depth);
    }

    private YamlNode scalar(YamlNode.Scalar scalar, int depth) throws BadValue {
        String text = scalar.text();
        if (!text.contains(REFERENCE)) {
            return scalar;
        }
        if (text.startsWith(REFERENCE) && text.indexOf('}') == text.length() - 1) {
            Optional<YamlNode> value = value(scalar, name(text, 0));
            if (value.isPresent()) {
                measure(value.get(), depth);
            }
            return value.orElse(scalar);
        }
        return new YamlNode.Scalar(scalar.origin(), spliced(scalar));
    }

    /** Takes what a value costs to walk, as it is shared and not copied. */
    private void measure(YamlNode node, int depth) throws BadValue {
        if (depth > NodeParser.DEEPEST) {
            throw new BadValue("parameters unfold to more than " + NodeParser.DEEPEST + " levels");
        }
        if (node instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries().values()) {
                measure(entry.value(), depth + 1);
            }
        } else if (node instanceof YamlNode.Sequence sequence) {
            for (YamlNode item : sequence.items()) {
                measure(item, depth + 1);
            }
        }
        bounds.take(1, node instanceof YamlNode.Scalar scalar ? scalar.text().length() : 0);
    }

    private String spliced(YamlNode.Scalar scalar) throws BadValue {
        String text = scalar.text();
        StringBuilder out = new StringBuilder(text.length());
        int open = 0; // of the environment's expressions around
        int at = 0;
        while (at < text.length()) {
            int end = text.startsWith(REFERENCE, at) ? text.indexOf('}', at) + 1 : 0;
            if (end > 0) {
                out.append(textOf(scalar, name(text, at), text.substring(at, end), open > 0));
                at = end;
                continue;
            }
            int length = text.startsWith("$$", at) || text.startsWith("${", at) ? 2 : 1;
            open += text.startsWith("${", at) ? 1 : open > 0 && text.charAt(at) == '}' ? -1 : 0;
            out.append(text, at, at + length);
            at += length;
        }
        bounds.take(0, out.length());
        return out.toString();
    }

    private String textOf(YamlNode.Scalar scalar, String name, String reference, boolean nested) {
        Optional<YamlNode> value = value(scalar, name);
        if (value.isEmpty()) {
            return reference;
        }
        if (!(value.get() instanceof YamlNode.Scalar text)) {
            Origin at = value.get().origin();
            refuse(
                    scalar,
                    "\"" + reference + "\" is part of a text, and stands for "
                            + value.get().kind() + " (" + at.file() + ":" + at.line() + ":" + at.column() + ")");
            return "";
        }
        if (nested && !closesWhatItOpens(text.text())) {
            refuse(
                    scalar,
                    "\"" + reference + "\" is inside of a ${}, which its value \"" + text.text() + "\" would end");
            return "";
        }
        return text.text();
    }

    /** Whether an expression of the environment around it ends where it ends without this text. */
    private static boolean closesWhatItOpens(String text) {
        int open = 0;
        for (int i = 0; i < text.length() && open >= 0; i++) {
            open += text.startsWith("${", i) ? 1 : text.charAt(i) == '}' ? -1 : 0;
        }
        return open == 0;
    }

    private Optional<YamlNode> value(YamlNode.Scalar scalar, String name) {
        used.add(name);
        if (!declared.contains(name)) {
            refuse(scalar, "unknown parameter \"" + name + "\"" + NearestWord.hint(name, declared));
        }
        Optional<YamlNode> value = Optional.ofNullable(values.get(name));
        open |= value.isEmpty();
        return value;
    }

    private void refuse(YamlNode.Scalar scalar, String message) {
        problems.add(scalar.origin(), message);
        sound = false;
    }

    private static String name(String text, int reference) {
        return text.substring(reference + REFERENCE.length(), text.indexOf('}', reference));
    }
}

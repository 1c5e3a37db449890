package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cursor on one value: typed access that turns whatever does not fit into a problem at its place, so that readers
 * never stop at the first one.
 */
final class Yaml {
    private final YamlNode node;
    private final Context context;

    Yaml(YamlNode node, Context context) {
        this.node = node;
        this.context = context;
    }

    Origin origin() {
        return node.origin();
    }

    YamlNode node() {
        return node;
    }

    boolean isText() {
        return node instanceof YamlNode.Scalar scalar && !scalar.absent();
    }

    boolean isList() {
        return node instanceof YamlNode.Sequence;
    }

    boolean isMapping() {
        return node instanceof YamlNode.Mapping;
    }

    void problem(String message) {
        context.problems().add(node.origin(), message);
    }

    /** {@code expected a list, found text}. */
    void wrongKind(String expected) {
        problem("expected " + expected + ", found " + node.kind());
    }

    /** A mapping with the keys of a schema; others are problems. */
    Optional<YamlMap> map(Schema schema) {
        Optional<YamlMap> map = anyMap();
        map.ifPresent(m -> m.refuseUnknown(schema));
        return map;
    }

    /** A mapping whose keys are names. */
    Optional<YamlMap> anyMap() {
        if (node instanceof YamlNode.Mapping mapping) {
            return Optional.of(new YamlMap(mapping, context));
        }
        wrongKind("a mapping");
        return Optional.empty();
    }

    List<Yaml> list() {
        if (node instanceof YamlNode.Sequence sequence) {
            List<Yaml> items = new ArrayList<>(sequence.items().size());
            for (YamlNode item : sequence.items()) {
                items.add(new Yaml(item, context));
            }
            return items;
        }
        wrongKind("a list");
        return List.of();
    }

    /** The text with {@code ${}} replaced. */
    Optional<Interpolation.Text> interpolated() {
        if (!(node instanceof YamlNode.Scalar scalar) || scalar.absent()) {
            wrongKind("text");
            return Optional.empty();
        }
        try {
            Interpolation.Text text = context.interpolation().resolve(scalar.text());
            if (text.value().indexOf('\0') < 0) {
                return Optional.of(text);
            }
            problem("the text holds a NUL character");
        } catch (BadValue e) {
            problem(e.getMessage());
        }
        return Optional.empty();
    }

    /** The meaning of the text. */
    <T> Optional<T> as(TextParser<T> parser) {
        Optional<Interpolation.Text> text = interpolated();
        if (text.isPresent()) {
            try {
                return Optional.of(parser.parse(text.get().value()));
            } catch (BadValue e) {
                problem(e.getMessage());
            }
        }
        return Optional.empty();
    }

    <T> Optional<Located<T>> located(TextParser<T> parser) {
        return as(parser).map(value -> new Located<>(value, origin()));
    }

    Context context() {
        return context;
    }
}

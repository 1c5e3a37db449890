package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** A cursor on a mapping. Whatever is asked of it comes down to its place, its entries, or the value of a key. */
class YamlMap {
    private final YamlNode.Mapping mapping;
    private final Context context;

    YamlMap(YamlNode.Mapping mapping, Context context) {
        this.mapping = mapping;
        this.context = context;
    }

    /** For one that looks at another. */
    YamlMap(YamlMap other) {
        this(other.mapping, other.context);
    }

    /** One entry whose key is a name. */
    record Field(String name, Origin origin, Yaml value) {}

    Origin origin() {
        return mapping.origin();
    }

    Collection<YamlNode.Entry> entries() {
        return mapping.entries().values();
    }

    /** What is written at the key; null where nothing is. */
    YamlNode value(String key) {
        return mapping.value(key);
    }

    final Context context() {
        return context;
    }

    final boolean has(String key) {
        return value(key) != null;
    }

    final Optional<Yaml> get(String key) {
        YamlNode value = value(key);
        return value == null ? Optional.empty() : Optional.of(new Yaml(value, context));
    }

    /** Items of a list; none when the key is absent. */
    final List<Yaml> list(String key) {
        YamlNode value = value(key);
        return value == null ? List.of() : new Yaml(value, context).list();
    }

    final <T> Optional<Located<T>> located(String key, TextParser<T> parser) {
        YamlNode value = value(key);
        return value == null ? Optional.empty() : new Yaml(value, context).located(parser);
    }

    final <T> T or(String key, TextParser<T> parser, T absent) {
        YamlNode value = value(key);
        return value == null ? absent : new Yaml(value, context).as(parser).orElse(absent);
    }

    final List<Field> fields() {
        List<Field> fields = new ArrayList<>();
        for (YamlNode.Entry entry : entries()) {
            fields.add(new Field(entry.key(), entry.origin(), new Yaml(entry.value(), context)));
        }
        return fields;
    }

    final void refuseUnknown(Schema schema) {
        for (YamlNode.Entry entry : entries()) {
            if (!schema.has(entry.key())) {
                context.problems().add(entry.origin(), unknownKey(entry.key(), schema));
            }
        }
    }

    static String unknownKey(String key, Schema schema) {
        return "unknown key \"" + key + "\"" + NearestWord.hint(key, schema.keys());
    }

    final void missing(String key) {
        context.problems().add(origin(), "\"" + key + "\" is missing");
    }
}

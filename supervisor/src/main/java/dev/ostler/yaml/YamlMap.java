package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.base.NearestWord;
import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;

/** A cursor on a mapping. */
final class YamlMap {
    private final YamlNode.Mapping mapping;
    private final Context context;

    YamlMap(YamlNode.Mapping mapping, Context context) {
        this.mapping = mapping;
        this.context = context;
    }

    /** One entry whose key is a name. */
    record Field(String name, Origin origin, Yaml value) {}

    Origin origin() {
        return mapping.origin();
    }

    Context context() {
        return context;
    }

    boolean has(String key) {
        return mapping.entries().containsKey(key);
    }

    Optional<Yaml> get(String key) {
        return mapping.entry(key).map(entry -> new Yaml(entry.value(), context));
    }

    /** Items of a list; none when the key is absent. */
    List<Yaml> list(String key) {
        return get(key).map(Yaml::list).orElse(List.of());
    }

    <T> Optional<Located<T>> located(String key, TextParser<T> parser) {
        return get(key).flatMap(value -> value.located(parser));
    }

    <T> T or(String key, TextParser<T> parser, T absent) {
        return get(key).flatMap(value -> value.as(parser)).orElse(absent);
    }

    List<Field> fields() {
        return mapping.entries().values().stream()
                .map(entry -> new Field(entry.key(), entry.origin(), new Yaml(entry.value(), context)))
                .toList();
    }

    void refuseUnknown(Schema schema) {
        for (YamlNode.Entry entry : mapping.entries().values()) {
            if (!schema.keys().contains(entry.key())) {
                context.problems().add(entry.origin(), unknownKey(entry.key(), schema));
            }
        }
    }

    static String unknownKey(String key, Schema schema) {
        return "unknown key \"" + key + "\"" + NearestWord.hint(key, schema.keys());
    }

    void missing(String key) {
        context.problems().add(mapping.origin(), "\"" + key + "\" is missing");
    }
}

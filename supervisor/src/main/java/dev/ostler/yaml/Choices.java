package dev.ostler.yaml;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Values of an enum, written in lower case with dashes: {@code best-effort}. */
final class Choices {
    private Choices() {}

    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static <T extends Enum<T>> Optional<T> read(Yaml value, String what, T[] values) {
        List<String> words = Arrays.stream(values).map(Choices::word).toList();
        return value.as(Scalars.oneOf(what, words)).map(word -> values[words.indexOf(word)]);
    }

    /** The value of a key that must be there. */
    static <T extends Enum<T>> Optional<T> required(YamlMap map, String key, String what, T[] values) {
        if (!map.has(key)) {
            map.missing(key);
        }
        return map.get(key).flatMap(value -> read(value, what, values));
    }
}

package dev.ostler.yaml;

import dev.ostler.spec.ExitOn;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Reads {@code exit_on}, a key of the whole file. */
final class ExitOnReader {
    private static final List<String> WORDS = List.of("never", "failure", "end");

    private ExitOnReader() {}

    static Optional<ExitOn> read(YamlMap top) {
        return top.get("exit_on")
                .flatMap(value -> value.as(Scalars.oneOf("reason", WORDS)))
                .map(word -> ExitOn.valueOf(word.toUpperCase(Locale.ROOT)));
    }
}

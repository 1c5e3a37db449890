package dev.ostler.yaml;

import dev.ostler.spec.LogSpec;
import java.util.Optional;

/** Reads {@code logs}; what no layer says is {@link LogSpec#DEFAULT}. */
final class LogReader {
    private static final int MOST_FILES = 10_000;

    private LogReader() {}

    static LogSpec read(YamlMap service) {
        return service.get("logs")
                .flatMap(value -> value.map(Schema.LOGS))
                .map(LogReader::logs)
                .orElse(LogSpec.DEFAULT);
    }

    private static LogSpec logs(YamlMap logs) {
        LogSpec absent = LogSpec.DEFAULT;
        Optional<YamlMap> rotate = logs.get("rotate").flatMap(value -> value.map(Schema.ROTATE));
        return new LogSpec(
                rotate.map(map -> map.or("size", Sizes::parsePositive, absent.rotateSize()))
                        .orElse(absent.rotateSize()),
                rotate.map(map -> map.or("keep", Scalars.integer(0, MOST_FILES), absent.keep()))
                        .orElse(absent.keep()),
                logs.or("timestamps", Scalars::bool, absent.timestamps()));
    }
}

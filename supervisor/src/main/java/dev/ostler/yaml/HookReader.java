package dev.ostler.yaml;

import dev.ostler.spec.HookSpec;
import dev.ostler.spec.HookSpec.Kind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** Reads {@code hooks}. */
final class HookReader {
    static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    private HookReader() {}

    static Map<Kind, HookSpec> read(YamlMap service) {
        Map<Kind, HookSpec> hooks = new EnumMap<>(Kind.class);
        Optional<YamlMap> written = service.get("hooks").flatMap(value -> value.map(Schema.HOOKS));
        for (Kind kind : Kind.values()) {
            written.flatMap(map -> map.get(kind.toString()))
                    .flatMap(value -> value.map(Schema.HOOK))
                    .flatMap(HookReader::hook)
                    .ifPresent(hook -> hooks.put(kind, hook));
        }
        return hooks;
    }

    private static Optional<HookSpec> hook(YamlMap hook) {
        Duration timeout = hook.or("timeout", Durations::parsePositive, DEFAULT_TIMEOUT);
        return ProcessReader.command(hook, true).map(command -> new HookSpec(command, timeout));
    }
}

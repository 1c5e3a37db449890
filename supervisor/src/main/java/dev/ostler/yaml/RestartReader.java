package dev.ostler.yaml;

import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads {@code restart}; what no layer says is {@link RestartSpec#DEFAULT}. */
final class RestartReader {
    private static final List<String> POLICIES = List.of("always", "on-failure", "never", "no");
    private static final double HIGHEST_FACTOR = 100;
    private static final int MOST_RESTARTS = 1_000_000;

    private RestartReader() {}

    static RestartSpec read(YamlMap service) {
        return service.get("restart")
                .flatMap(value -> value.map(Schema.RESTART))
                .map(RestartReader::restart)
                .orElse(RestartSpec.DEFAULT);
    }

    private static RestartSpec restart(YamlMap restart) {
        RestartSpec absent = RestartSpec.DEFAULT;
        Optional<YamlMap> backoff = restart.get("backoff").flatMap(value -> value.map(Schema.BACKOFF));
        Optional<YamlMap> limit = restart.get("limit").flatMap(value -> value.map(Schema.LIMIT));
        Duration initial = or(backoff, "initial", Durations::parsePositive, absent.initialBackoff());
        Duration max = or(backoff, "max", Durations::parsePositive, absent.maxBackoff());
        if (initial.compareTo(max) > 0) {
            backoff.flatMap(map -> map.get(map.has("max") ? "max" : "initial"))
                    .ifPresent(value -> value.problem("the backoff starts above its max"));
        }
        return new RestartSpec(
                restart.or("policy", RestartReader::policy, absent.policy()),
                initial,
                max,
                or(backoff, "factor", Scalars.decimal(1, HIGHEST_FACTOR), absent.factor()),
                or(backoff, "jitter", Scalars.decimal(0, 1), absent.jitter()),
                or(limit, "count", Scalars.integer(0, MOST_RESTARTS), absent.limitCount()),
                or(limit, "within", Durations::parsePositive, absent.limitWithin()),
                restart.or("stable_after", Durations::parse, absent.stableAfter()));
    }

    private static <T> T or(Optional<YamlMap> map, String key, TextParser<T> parser, T absent) {
        return map.map(m -> m.or(key, parser, absent)).orElse(absent);
    }

    private static RestartSpec.Policy policy(String text) throws BadValue {
        return switch (text) {
            case "always" -> RestartSpec.Policy.ALWAYS;
            case "on-failure" -> RestartSpec.Policy.ON_FAILURE;
            case "never", "no" -> RestartSpec.Policy.NEVER;
            default -> {
                Scalars.oneOf("restart policy", POLICIES).parse(text);
                throw new IllegalStateException(text);
            }
        };
    }
}

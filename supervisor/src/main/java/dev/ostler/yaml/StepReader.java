package dev.ostler.yaml;

import dev.ostler.spec.StopSpec.Scope;
import dev.ostler.spec.StopSpec.Step;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Reads what a step tells a running service, be it to end or to reload: {@code http}, {@code exec} or {@code signal}. */
final class StepReader {
    private static final List<String> METHODS = List.of("GET", "POST", "PUT", "DELETE");
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

    private StepReader() {}

    /** Of one that has exactly one of them. */
    static Optional<Step> read(YamlMap map) {
        Duration timeout = map.or("timeout", Durations::parsePositive, ANSWER_TIMEOUT);
        if (map.has("http")) {
            String method = map.or("method", Scalars.oneOf("method", METHODS), "POST");
            return map.get("http")
                    .flatMap(value -> value.as(HttpCheckReader::plainUri))
                    .map(uri -> new Step.Http(uri, method, timeout));
        }
        if (map.has("exec")) {
            return map.get("exec").flatMap(CommandReader::read).map(command -> new Step.Exec(command, timeout));
        }
        Scope scope = map.or("to", Scalars.scope(), Scope.MAIN);
        return map.get("signal")
                .flatMap(value -> value.as(Scalars::signal))
                .map(signal -> new Step.Send(signal, scope));
    }

    /** Whether it has one of these keys, and only one; a problem, and no, else. */
    static boolean hasOne(Yaml item, YamlMap map, List<String> kinds) {
        boolean one = kinds.stream().filter(map::has).count() == 1;
        if (!one) {
            int last = kinds.size() - 1;
            String first = String.join("\", \"", kinds.subList(0, last));
            item.problem("expected one of \"" + first + "\" and \"" + kinds.get(last) + "\"");
        }
        return one;
    }

    static void refuseStrayOptions(Yaml item, YamlMap map) {
        refuse(item, map, "to", "signal");
        refuse(item, map, "method", "http");
        if (!map.has("exec")) {
            refuse(item, map, "timeout", "http");
        }
    }

    private static void refuse(Yaml item, YamlMap map, String key, String owner) {
        if (map.has(key) && !map.has(owner)) {
            item.problem("\"" + key + "\" belongs to \"" + owner + "\"");
        }
    }
}

package dev.ostler.yaml;

import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.FreePortsSpec;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads {@code restart}; what no layer says is {@link RestartSpec#DEFAULT}. */
final class RestartReader {
    private static final List<String> POLICIES = List.of("always", "on-failure", "on-abnormal", "never", "no");
    private static final double HIGHEST_FACTOR = 100;
    private static final int HIGHEST_PORT = 65535;
    private static final Duration PORT_WAIT = Duration.ofSeconds(5);
    private static final int MOST_RESTARTS = 1_000_000;

    private static final YamlNode.Mapping NOTHING = new YamlNode.Mapping(Origin.BUILT_IN, Map.of());

    private RestartReader() {}

    static RestartSpec read(YamlMap service) {
        YamlMap none = new YamlMap(NOTHING, service.context());
        return restart(
                service.get("restart")
                        .flatMap(value -> value.map(Schema.RESTART))
                        .orElse(none),
                oomPolicy(service),
                freePorts(service));
    }

    private static RestartSpec.OomPolicy oomPolicy(YamlMap service) {
        TextParser<String> policies = Scalars.oneOf("policy", List.of("continue", "stop"));
        return service.or("oom_policy", policies, "continue").equals("stop")
                ? RestartSpec.OomPolicy.STOP
                : RestartSpec.OomPolicy.CONTINUE;
    }

    /** That of the whole project. */
    static Optional<RestartBudgetSpec> budget(YamlMap top) {
        Optional<YamlMap> budget = top.get("restart_budget").flatMap(value -> value.map(Schema.RESTART_BUDGET));
        Optional<Integer> count = budget.flatMap(map -> required(map, "count", Scalars.integer(1, MOST_RESTARTS)));
        Optional<Duration> within = budget.flatMap(map -> required(map, "within", Durations::parsePositive));
        return count.flatMap(most -> within.map(time -> new RestartBudgetSpec(most, time)));
    }

    private static <T> Optional<T> required(YamlMap map, String key, TextParser<T> parser) {
        if (!map.has(key)) {
            map.missing(key);
        }
        return map.get(key).flatMap(value -> value.as(parser));
    }

    private static RestartSpec restart(YamlMap restart, RestartSpec.OomPolicy oom, FreePortsSpec freePorts) {
        RestartSpec absent = RestartSpec.DEFAULT;
        return new RestartSpec(
                restart.or("policy", RestartReader::policy, absent.policy()),
                statuses(restart.list("success_exit_status")),
                statuses(restart.list("prevent_exit_status")),
                backoff(restart.get("backoff").flatMap(value -> value.map(Schema.BACKOFF)), absent.backoff()),
                limit(restart.get("limit").flatMap(value -> value.map(Schema.LIMIT)), absent.limit()),
                restart.or("stable_after", Durations::parse, absent.stableAfter()),
                oom,
                freePorts);
    }

    private static FreePortsSpec freePorts(YamlMap service) {
        Optional<YamlMap> ports = service.get("free_ports").flatMap(value -> value.map(Schema.FREE_PORTS));
        if (ports.isPresent() && !ports.get().has("tcp")) {
            ports.get().missing("tcp");
        }
        List<Integer> tcp = ports.map(map -> map.list("tcp")).orElse(List.of()).stream()
                .flatMap(port -> port.as(Scalars.integer(1, HIGHEST_PORT)).stream())
                .toList();
        return ports.map(map -> new FreePortsSpec(tcp, map.or("within", Durations::parse, PORT_WAIT)))
                .orElse(FreePortsSpec.NONE);
    }

    private static RestartSpec.Backoff backoff(Optional<YamlMap> backoff, RestartSpec.Backoff absent) {
        Duration initial = or(backoff, "initial", Durations::parsePositive, absent.initial());
        Duration max = or(backoff, "max", Durations::parsePositive, absent.max());
        if (initial.compareTo(max) > 0) {
            backoff.flatMap(map -> map.get(map.has("max") ? "max" : "initial"))
                    .ifPresent(value -> value.problem("the backoff starts above its max"));
        }
        return new RestartSpec.Backoff(
                initial,
                max,
                or(backoff, "factor", Scalars.decimal(1, HIGHEST_FACTOR), absent.factor()),
                or(backoff, "jitter", Scalars.decimal(0, 1), absent.jitter()));
    }

    private static RestartSpec.Limit limit(Optional<YamlMap> limit, RestartSpec.Limit absent) {
        return new RestartSpec.Limit(
                or(limit, "count", Scalars.integer(0, MOST_RESTARTS), absent.count()),
                or(limit, "within", Durations::parsePositive, absent.within()),
                limit.flatMap(map -> map.get("retry_after")).flatMap(value -> value.as(Durations::parsePositive)));
    }

    private static ExitStatuses statuses(List<Yaml> items) {
        Set<Integer> codes = new LinkedHashSet<>();
        Set<Signal> signals = new LinkedHashSet<>();
        for (Yaml item : items) {
            item.as(Scalars::nonEmpty).ifPresent(text -> {
                if (Scalars.isDigit(text.charAt(0))) {
                    item.as(Scalars.integer(0, 255)).ifPresent(codes::add);
                } else {
                    item.as(Scalars::signal).ifPresent(signals::add);
                }
            });
        }
        return new ExitStatuses(codes, signals);
    }

    private static <T> T or(Optional<YamlMap> map, String key, TextParser<T> parser, T absent) {
        return map.map(m -> m.or(key, parser, absent)).orElse(absent);
    }

    private static RestartSpec.Policy policy(String text) throws BadValue {
        return switch (text) {
            case "always" -> RestartSpec.Policy.ALWAYS;
            case "on-failure" -> RestartSpec.Policy.ON_FAILURE;
            case "on-abnormal" -> RestartSpec.Policy.ON_ABNORMAL;
            case "never", "no" -> RestartSpec.Policy.NEVER;
            default -> {
                Scalars.oneOf("restart policy", POLICIES).parse(text);
                throw new IllegalStateException(text);
            }
        };
    }
}

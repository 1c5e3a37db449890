package dev.ostler.yaml;

import dev.ostler.base.Signal;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads {@code ready} and {@code health}. */
final class ProbeReader {
    static final Duration DEFAULT_START = Duration.ofSeconds(30);
    static final Duration DEFAULT_ATTEMPT_TIMEOUT = Duration.ofSeconds(5);
    static final Duration DEFAULT_DUMP_WAIT = Duration.ofSeconds(2);

    /** What {@code ready} may ask, and its schedule when nothing is written: it holds a start back, so it asks often. */
    private static final Schedule READY = new Schedule(CheckReader.READY, Duration.ofMillis(250), 1, 0);

    /** The same of {@code health}, which asks for as long as the service runs. */
    private static final Schedule HEALTH = new Schedule(CheckReader.HEALTH, Duration.ofSeconds(10), 3, 0.1);

    private static final int MOST_IN_A_ROW = 1_000;

    private record Schedule(List<String> checks, Duration interval, int failures, double jitter) {}

    private ProbeReader() {}

    static Optional<ReadySpec> ready(YamlMap service) {
        Optional<Yaml> value = service.get("ready");
        if (value.filter(Yaml::isText).isPresent()) {
            return value.flatMap(v -> v.located(Scalars.oneOf("kind of readiness", List.of("notify"))))
                    .map(word -> new ReadySpec(new ReadySpec.Notify(), DEFAULT_START, word.origin()));
        }
        return value.flatMap(v -> v.map(Schema.READY).flatMap(map -> ready(v, map)));
    }

    private static Optional<ReadySpec> ready(Yaml value, YamlMap map) {
        CheckReader.expectOne(
                value,
                map,
                Stream.concat(CheckReader.READY.stream(), ToldReader.KINDS.stream())
                        .toList());
        Duration timeout = map.or("timeout", Durations::parsePositive, DEFAULT_START);
        if (ToldReader.KINDS.stream().anyMatch(map::has)) {
            return ToldReader.read(map).map(told -> new ReadySpec(told, timeout, value.origin()));
        }
        if (map.has("log")) {
            ToldReader.refuseSchedule(map);
        }
        return probe(map, READY).map(probe -> new ReadySpec(probe, timeout, value.origin()));
    }

    static Optional<HealthSpec> health(YamlMap service) {
        return service.get("health")
                .flatMap(value -> value.map(Schema.HEALTH).flatMap(map -> {
                    CheckReader.expectOne(value, map, CheckReader.HEALTH);
                    Duration startPeriod = map.or("start_period", Durations::parse, DEFAULT_START);
                    String action = map.or("action", Scalars.oneOf("action", List.of("restart", "none")), "restart");
                    Optional<HealthSpec.Dump> dump = map.get("dump")
                            .flatMap(inner -> inner.map(Schema.DUMP))
                            .map(ProbeReader::dump);
                    return probe(map, HEALTH)
                            .map(probe -> new HealthSpec(
                                    probe,
                                    startPeriod,
                                    HealthSpec.Action.valueOf(action.toUpperCase(Locale.ROOT)),
                                    dump,
                                    value.origin()));
                }));
    }

    private static Optional<ProbeSpec> probe(YamlMap map, Schedule absent) {
        Optional<ProbeCheck> check = CheckReader.read(map, absent.checks());
        Duration interval = map.or("interval", Durations::parsePositive, absent.interval());
        Duration timeout = map.or("attempt_timeout", Durations::parsePositive, DEFAULT_ATTEMPT_TIMEOUT);
        int failures = map.or("failures", Scalars.integer(1, MOST_IN_A_ROW), absent.failures());
        int successes = map.or("successes", Scalars.integer(1, MOST_IN_A_ROW), 1);
        double jitter = map.or("jitter", Scalars.decimal(0, 1), absent.jitter());
        return check.map(asked -> new ProbeSpec(asked, interval, timeout, failures, successes, jitter));
    }

    private static HealthSpec.Dump dump(YamlMap map) {
        StopSpec.Step.Send send = new StopSpec.Step.Send(
                map.or("signal", Scalars::signal, Signal.QUIT), map.or("to", Scalars.scope(), StopSpec.Scope.MAIN));
        return new HealthSpec.Dump(send, map.or("wait", Durations::parse, DEFAULT_DUMP_WAIT));
    }
}

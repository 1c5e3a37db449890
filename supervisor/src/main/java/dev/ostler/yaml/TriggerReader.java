package dev.ostler.yaml;

import dev.ostler.base.CronSchedule;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.Trigger;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Reads {@code activation}: a word, or a mapping with what starts the service. */
final class TriggerReader {
    private static final List<String> KINDS =
            List.of("every", "cron", "path_exists", "path_changed", "directory_not_empty");
    private static final List<String> OF_TIME = List.of("jitter");
    private static final List<String> OF_EVERY = List.of("first");
    private static final List<String> OF_CRON = List.of("time_zone", "persistent");

    private TriggerReader() {}

    static Trigger read(YamlMap service, List<SocketSpec> sockets) {
        Optional<Yaml> written = service.get("activation");
        if (written.filter(Yaml::isMapping).isPresent()) {
            refuseEndless(service, written.get());
            return written.get()
                    .map(Schema.ACTIVATION)
                    .flatMap(map -> read(written.get(), map))
                    .orElse(new Trigger.Boot());
        }
        boolean onTraffic = written.flatMap(value -> value.as(Scalars.oneOf("activation", List.of("boot", "traffic"))))
                .filter("traffic"::equals)
                .isPresent();
        if (onTraffic && sockets.isEmpty() && !service.has("sockets")) { // else their own problems have been told
            written.get().problem("\"traffic\" needs \"sockets\" that it can come in on");
        }
        return onTraffic && !sockets.isEmpty() ? new Trigger.Traffic() : new Trigger.Boot();
    }

    private static void refuseEndless(YamlMap service, Yaml activation) {
        boolean remains = service.get("remain")
                .flatMap(Yaml::interpolated)
                .filter(text -> text.value().equals("true"))
                .isPresent();
        if (remains) {
            activation.problem("what remains up after its work is not started again: \"remain\" or \"activation\"");
        }
    }

    private static Optional<Trigger> read(Yaml activation, YamlMap map) {
        if (KINDS.stream().filter(map::has).count() != 1) {
            activation.problem("expected one of " + String.join(", ", KINDS));
            return Optional.empty();
        }
        refuse(map, map.has("every") ? List.of() : OF_EVERY, "every");
        refuse(map, map.has("cron") ? List.of() : OF_CRON, "cron");
        boolean timed = map.has("every") || map.has("cron");
        refuse(map, timed ? List.of() : OF_TIME, "every\" or \"cron");
        if (!timed) {
            return atPath(map);
        }
        Duration jitter = map.or("jitter", Durations::parse, Duration.ZERO);
        return map.has("every") ? every(map, jitter) : calendar(map, jitter);
    }

    private static void refuse(YamlMap map, List<String> keys, String whose) {
        keys.forEach(key -> map.get(key).ifPresent(value -> value.problem("only beside \"" + whose + "\"")));
    }

    private static Optional<Trigger> every(YamlMap map, Duration jitter) {
        Optional<Duration> interval = map.get("every").flatMap(value -> value.as(Durations::parsePositive));
        Optional<Duration> first = map.get("first").flatMap(value -> value.as(Durations::parse));
        return interval.map(every -> new Trigger.Every(every, first.orElse(every), jitter));
    }

    private static Optional<Trigger> calendar(YamlMap map, Duration jitter) {
        Optional<ZoneId> zone = map.get("time_zone").flatMap(value -> value.as(TriggerReader::zone));
        boolean persistent = map.or("persistent", Scalars::bool, false);
        return map.get("cron")
                .flatMap(value -> value.as(TriggerReader::schedule))
                .map(schedule -> new Trigger.Calendar(schedule, zone, jitter, persistent));
    }

    private static Optional<Trigger> atPath(YamlMap map) {
        Trigger.AtPath.Kind kind = Arrays.stream(Trigger.AtPath.Kind.values())
                .filter(each -> map.has(each.toString()))
                .findFirst()
                .orElseThrow();
        Yaml value = map.get(kind.toString()).orElseThrow();
        List<Path> paths = new ArrayList<>();
        for (Yaml item : value.isText() ? List.of(value) : value.list()) {
            item.as(Scalars.pathIn(map.context().directory())).ifPresent(paths::add);
        }
        if (value.isList() && value.list().isEmpty()) {
            value.problem("no path to wait for");
        }
        return paths.isEmpty() ? Optional.empty() : Optional.of(new Trigger.AtPath(kind, paths));
    }

    private static CronSchedule schedule(String text) throws BadValue {
        try {
            return CronSchedule.of(text.strip());
        } catch (IllegalArgumentException e) {
            throw new BadValue("\"" + text + "\" is no time of crontab(5): " + e.getMessage());
        }
    }

    private static ZoneId zone(String text) throws BadValue {
        try {
            return ZoneId.of(text);
        } catch (DateTimeException e) {
            throw new BadValue("\"" + text + "\" is not a time zone; write Europe/Berlin, UTC or +02:00");
        }
    }
}

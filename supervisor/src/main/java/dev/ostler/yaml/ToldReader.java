package dev.ostler.yaml;

import dev.ostler.spec.ReadySpec;
import java.util.List;
import java.util.Optional;

/** Reads what {@code ready} has in place of a check: that the service tells by itself. */
final class ToldReader {
    static final List<String> KINDS = List.of("notify", "fd");

    /** Of a probe. */
    private static final List<String> SCHEDULE = List.of("interval", "attempt_timeout", "successes", "jitter");

    /** After input, output and errors. */
    private static final int FIRST_FREE = 3;

    /** The soft limit of most hosts: a shell can write to no higher one, and only to those of one digit in all shells. */
    private static final int HIGHEST_DESCRIPTOR = 1023;

    private ToldReader() {}

    static Optional<ReadySpec.Told> read(YamlMap map) {
        refuseSchedule(map);
        Optional<ReadySpec.Told> notify = map.get("notify").flatMap(ToldReader::byNotify);
        Optional<ReadySpec.Told> descriptor = map.get("fd")
                .flatMap(value -> value.as(Scalars.integer(FIRST_FREE, HIGHEST_DESCRIPTOR)))
                .map(number -> new ReadySpec.Descriptor(number));
        return notify.or(() -> descriptor);
    }

    /** Also where it tells by a line that it prints. */
    static void refuseSchedule(YamlMap map) {
        SCHEDULE.forEach(key ->
                map.get(key).ifPresent(value -> value.problem("nobody asks again and again: the service tells")));
    }

    private static Optional<ReadySpec.Told> byNotify(Yaml value) {
        return value.as(Scalars::bool).flatMap(yes -> {
            if (!yes) {
                value.problem("only true makes sense here: without \"ready\" nothing is waited for");
            }
            return yes ? Optional.of(new ReadySpec.Notify()) : Optional.empty();
        });
    }
}

package dev.ostler.yaml;

import dev.ostler.base.Located;
import dev.ostler.spec.NotifySpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code notify_access}, {@code watchdog} and {@code file_descriptor_store_max}: what a service that speaks sd_notify(3)
 * may say, and must.
 */
final class NotifyReader {
    private NotifyReader() {}

    /**
     * Empty when nothing in the service asks for notifications.
     *
     * @param tellsReady whether it is ready when it says so
     */
    static Optional<NotifySpec> read(YamlMap service, boolean tellsReady) {
        Optional<Located<Duration>> watchdog = service.located("watchdog", Durations::parsePositive);
        Optional<Located<Integer>> storeMax = service.located(
                        "file_descriptor_store_max", Scalars.integer(0, NotifySpec.MOST_STORED))
                .filter(max -> max.value() > 0);
        NotifySpec.Access access = service.get("notify_access")
                .flatMap(value -> value.as(Scalars.oneOf("access", List.of("all", "main"))))
                .filter("main"::equals)
                .map(word -> NotifySpec.Access.MAIN)
                .orElse(NotifySpec.Access.ALL);
        if (tellsReady || watchdog.isPresent() || storeMax.isPresent()) {
            return Optional.of(new NotifySpec(access, watchdog, storeMax));
        }
        service.get("notify_access")
                .ifPresent(value -> value.context()
                        .problems()
                        .warn(
                                value.origin(),
                                "nothing is made of messages without \"ready: notify\", \"watchdog\" or"
                                        + " \"file_descriptor_store_max\""));
        return Optional.empty();
    }
}

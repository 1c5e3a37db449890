package dev.ostler.spec;

import dev.ostler.base.Located;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * That a service speaks sd_notify(3), and how.
 *
 * @param access whose messages count
 * @param watchdog it gives a sign of life at least this often once it is up; empty = nobody waits for one
 */
public record NotifySpec(Access access, Optional<Located<Duration>> watchdog) {
    /** Every process of the service, or its main process alone. */
    public enum Access {
        ALL,
        MAIN
    }

    public NotifySpec {
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(watchdog, "watchdog");
    }
}

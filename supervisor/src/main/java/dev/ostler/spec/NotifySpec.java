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
 * @param storeMax how many descriptors it may hand over for its next run; empty = none
 */
public record NotifySpec(Access access, Optional<Located<Duration>> watchdog, Optional<Located<Integer>> storeMax) {
    /** A launch passes 200 descriptors at most; the others are for sockets, pipes and cgroups. */
    public static final int MOST_STORED = 128;

    /** Every process of the service, or its main process alone. */
    public enum Access {
        ALL,
        MAIN
    }

    public NotifySpec {
        Objects.requireNonNull(access, "access");
        Objects.requireNonNull(watchdog, "watchdog");
        Objects.requireNonNull(storeMax, "storeMax");
    }
}

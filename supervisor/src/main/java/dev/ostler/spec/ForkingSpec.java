package dev.ostler.spec;

import dev.ostler.base.Located;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * That a program puts a daemon into the background and ends.
 *
 * @param pidFile in which the daemon's process id stands; empty = it is the only process that is left
 * @param timeout from the start of the program until the daemon is known; afterwards the start has failed
 */
public record ForkingSpec(Optional<Located<Path>> pidFile, Duration timeout) {
    public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

    public ForkingSpec {
        Objects.requireNonNull(pidFile, "pidFile");
        Objects.requireNonNull(timeout, "timeout");
    }
}

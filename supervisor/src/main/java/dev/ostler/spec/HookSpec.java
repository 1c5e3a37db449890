package dev.ostler.spec;

import dev.ostler.base.Located;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * A command that is run around a service, in all else as the service is.
 *
 * @param command program and arguments, never empty
 * @param timeout from its launch; afterwards it has failed
 */
public record HookSpec(Located<List<String>> command, Duration timeout) {
    public HookSpec {
        command = new Located<>(List.copyOf(command.value()), command.origin());
    }

    /** When it is run. */
    public enum Kind {
        /** Before the program; the service is started only when it succeeds. */
        PRE_START,
        /** When the service is up, before it counts as up; the start fails when it fails. */
        POST_START,
        /** Before the stop ladder, while the program runs. */
        PRE_STOP,
        /** When nothing of the run is left. */
        POST_STOP;

        /** Whether it belongs to the end of a run, not to its start. */
        public boolean isOfEnd() {
            return this == PRE_STOP || this == POST_STOP;
        }

        /** {@code pre_start}, as in YAML. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

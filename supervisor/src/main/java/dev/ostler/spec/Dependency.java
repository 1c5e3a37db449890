package dev.ostler.spec;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;
import java.util.Locale;

/**
 * One entry of {@code depends_on}.
 *
 * @param required false: it is waited for as long as it may still come, and done without when it has failed
 * @param restart whether the service that depends ends when this one does, and comes back with it
 */
public record Dependency(ServiceName service, Condition condition, boolean required, boolean restart, Origin origin) {
    public enum Condition {
        /** Its program executes. */
        STARTED,
        /** It is up. */
        READY,
        /** It is up, and its health probe says so now. */
        HEALTHY,
        /** It has ended by itself and is not restarted. */
        COMPLETED,
        /** Likewise, and without failure. */
        COMPLETED_SUCCESSFULLY;

        /** Whether it holds while the service runs, rather than once it has ended. */
        public boolean isOfRunning() {
            return this == STARTED || this == READY || this == HEALTHY;
        }

        /** {@code completed_successfully}, as in YAML. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}

package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * What another configuration means for one service.
 *
 * @param differences empty for services that are started or stopped
 */
public record Change(ServiceName service, Kind kind, List<Difference> differences) {
    public Change {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(kind, "kind");
        differences = List.copyOf(differences);
    }

    /** What is done about it. */
    public enum Kind {
        /** There was no such service. */
        START,
        /** There is no such service any more. */
        STOP,
        /** It has changed, and only another run can have the change. */
        RESTART,
        /** It has changed in what takes effect at once, without another run. */
        RELOAD,
        /** It has changed and is down, as somebody wanted: its next start has the change. */
        STAY_DOWN,
        /** It has not changed. */
        STAY;

        /** {@code stay-down}. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }
}

package dev.ostler.service;

import java.util.Objects;

/** Whether the conditions of a service let it start. Immutable; any thread. */
public sealed interface ConditionOutlook {
    record Met() implements ConditionOutlook {}

    /** Not yet: {@code waiting for link "eth0" to be up at …}. */
    record Pending(String text) implements ConditionOutlook {
        public Pending {
            Objects.requireNonNull(text, "text");
        }
    }

    /** Not this time: {@code condition path_exists "/srv/db" does not hold at …}. */
    record Unmet(String text) implements ConditionOutlook {
        public Unmet {
            Objects.requireNonNull(text, "text");
        }
    }
}

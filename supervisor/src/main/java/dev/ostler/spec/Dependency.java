package dev.ostler.spec;

import dev.ostler.base.Origin;
import dev.ostler.base.ServiceName;

/** One entry of {@code depends_on}. */
public record Dependency(ServiceName service, Condition condition, Origin origin) {
    public enum Condition {
        STARTED,
        READY
    }
}

package dev.ostler.base;

import java.util.Objects;

/** Identity of one run of a service; run numbers start at 1, only grow, and are never used twice. */
public record RunKey(ServiceName service, int run) {
    public RunKey {
        Objects.requireNonNull(service, "service");
        if (run < 1) {
            throw new IllegalArgumentException("run " + run);
        }
    }

    /** {@code web#3}. */
    @Override
    public String toString() {
        return service + "#" + run;
    }
}

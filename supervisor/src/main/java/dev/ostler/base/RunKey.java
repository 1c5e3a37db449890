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

    // Written out: what a record brings along makes a class of each at run time, and a start needs these.
    @Override
    public boolean equals(Object other) {
        return other instanceof RunKey key && key.run == run && key.service.equals(service);
    }

    @Override
    public int hashCode() {
        return 31 * service.hashCode() + run;
    }

    /** {@code web#3}. */
    @Override
    public String toString() {
        return service + "#" + run;
    }
}

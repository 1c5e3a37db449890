package dev.ostler.service;

import dev.ostler.spec.RestartBudgetSpec;
import java.util.Optional;

/**
 * What is left of the automatic restarts that all services may have together: a bucket of {@code count} tokens that is filled
 * again within the time of the budget, evenly. One number tells how full it is, as in the generic cell rate algorithm: the
 * time at which it is full. Immutable.
 *
 * @param fullNanos CLOCK_MONOTONIC
 */
record RestartBudget(Optional<RestartBudgetSpec> spec, long fullNanos) {
    static final RestartBudget UNLIMITED = new RestartBudget(Optional.empty(), 0);

    /** When the next restart may be. */
    long earliestNanos() {
        return spec.map(s -> fullNanos - (s.within().toNanos() - refillNanos(s)))
                .orElse(Long.MIN_VALUE);
    }

    /** A restart has been decided on. */
    RestartBudget spend(long nowNanos) {
        return spec.map(s -> new RestartBudget(spec, Math.max(fullNanos, nowNanos) + refillNanos(s)))
                .orElse(this);
    }

    /** What a status tells about restarts before it. */
    RestartBudget atLeast(long storedFullNanos) {
        return new RestartBudget(spec, Math.max(fullNanos, storedFullNanos));
    }

    private static long refillNanos(RestartBudgetSpec spec) {
        return spec.within().toNanos() / spec.count();
    }
}

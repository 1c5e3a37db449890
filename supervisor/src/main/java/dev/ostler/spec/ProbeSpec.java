package dev.ostler.spec;

import java.time.Duration;
import java.util.Objects;

/**
 * A question that a service is asked again and again, and what its answers mean.
 *
 * @param interval from the end of an attempt to the next
 * @param attemptTimeout an attempt that takes longer has failed
 * @param failures failed attempts in a row that make it unhealthy
 * @param successes successful attempts in a row that make it ready, or healthy
 * @param jitter share of the interval by which a random part of the attempts comes earlier, 0 to 1
 */
public record ProbeSpec(
        ProbeCheck check, Duration interval, Duration attemptTimeout, int failures, int successes, double jitter)
        implements ReadySpec.Proof {
    public ProbeSpec {
        Objects.requireNonNull(check, "check");
        Objects.requireNonNull(interval, "interval");
        Objects.requireNonNull(attemptTimeout, "attemptTimeout");
        if (failures < 1 || successes < 1) {
            throw new IllegalArgumentException("failures " + failures + ", successes " + successes);
        }
    }
}

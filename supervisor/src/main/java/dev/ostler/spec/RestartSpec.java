package dev.ostler.spec;

import java.time.Duration;

/**
 * What happens when a service ends that nobody asked to end.
 *
 * @param initialBackoff delay before the second restart in a row; the first has none when the run lasted 1 s
 * @param jitter share of the delay that is drawn at random, 0 to 1
 * @param limitCount restarts allowed within {@code limitWithin} before the service is given up; 0 = no limit
 * @param stableAfter a run of this length resets the backoff
 */
public record RestartSpec(
        Policy policy,
        Duration initialBackoff,
        Duration maxBackoff,
        double factor,
        double jitter,
        int limitCount,
        Duration limitWithin,
        Duration stableAfter) {
    public static final RestartSpec DEFAULT = new RestartSpec(
            Policy.ON_FAILURE,
            Duration.ofMillis(100),
            Duration.ofSeconds(30),
            2.0,
            0.2,
            0,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10));

    public enum Policy {
        ALWAYS,
        ON_FAILURE,
        NEVER
    }
}

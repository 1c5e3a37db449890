package dev.ostler.spec;

import java.time.Duration;
import java.util.Optional;

/**
 * What happens when a service ends that nobody asked to end.
 *
 * @param success ends that are no failure, beside exit code 0
 * @param prevent ends that no restart follows, whatever the policy
 * @param stableAfter a run of this length resets the backoff
 * @param oomPolicy what becomes of the rest when the kernel kills a process of the service for its memory limit
 * @param freePorts what each start waits for
 */
public record RestartSpec(
        Policy policy,
        ExitStatuses success,
        ExitStatuses prevent,
        Backoff backoff,
        Limit limit,
        Duration stableAfter,
        OomPolicy oomPolicy,
        FreePortsSpec freePorts) {
    public static final RestartSpec DEFAULT = new RestartSpec(
            Policy.ON_FAILURE,
            ExitStatuses.NONE,
            ExitStatuses.NONE,
            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(30), 2.0, 0.2),
            new Limit(0, Duration.ofSeconds(60), Optional.empty()),
            Duration.ofSeconds(10),
            OomPolicy.CONTINUE,
            FreePortsSpec.NONE);

    /** {@code ON_ABNORMAL}: after failures but those that the program itself told by an exit code. */
    public enum Policy {
        ALWAYS,
        ON_FAILURE,
        ON_ABNORMAL,
        NEVER
    }

    /** The service goes on with what is left, or is stopped, which counts as a failure. */
    public enum OomPolicy {
        CONTINUE,
        STOP
    }

    /**
     * Delays between restarts.
     *
     * @param initial before the second restart in a row; the first has none when the run lasted 1 s
     * @param jitter share of the delay that is drawn at random, 0 to 1
     */
    public record Backoff(Duration initial, Duration max, double factor, double jitter) {}

    /**
     * When a service is given up.
     *
     * @param count restarts allowed within {@code within}; 0 = no limit
     * @param retryAfter when it is tried again after that; empty = not by itself
     */
    public record Limit(int count, Duration within, Optional<Duration> retryAfter) {}
}

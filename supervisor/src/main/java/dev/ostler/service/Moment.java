package dev.ostler.service;

import dev.ostler.base.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * One reading of both clocks.
 *
 * @param monotonicNanos CLOCK_MONOTONIC; all deadlines are of this clock
 * @param wall for people only
 */
public record Moment(long monotonicNanos, Instant wall) {
    public Moment {
        Objects.requireNonNull(wall, "wall");
    }

    public static Moment now(Clock clock) {
        return new Moment(clock.monotonicNanos(), clock.wall());
    }

    long nanosAfter(Duration duration) {
        return deadline(monotonicNanos, duration);
    }

    /** To the second, for people. */
    Instant wallAfter(Duration duration) {
        return wall.plus(duration).truncatedTo(ChronoUnit.SECONDS);
    }

    /** Never wraps: a duration of centuries is a deadline that does not come. */
    static long deadline(long fromNanos, Duration duration) {
        long nanos;
        try {
            nanos = duration.toNanos();
        } catch (ArithmeticException ignored) { // more than 292 years
            return Long.MAX_VALUE;
        }
        return fromNanos > Long.MAX_VALUE - nanos ? Long.MAX_VALUE : fromNanos + nanos;
    }
}

package dev.ostler.service;

import dev.ostler.spec.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/**
 * When a service that is started by its time is due next. All that it goes by is in the status, so that another supervisor
 * comes to the same. Stateless; any thread.
 */
public final class Timetable {
    /** Whoever sets the clock back by more than this has not corrected it but had it wrong: what cron(8) takes, too. */
    private static final Duration CORRECTION = Duration.ofHours(3);

    private Timetable() {}

    /**
     * On CLOCK_MONOTONIC, without jitter.
     *
     * @param handledNanos the latest time that was dealt with, 0 = none: what is due is after it
     */
    public static OptionalLong next(Trigger.Every every, ServiceStatus status, long handledNanos) {
        long since = Math.max(status.since().monotonicNanos(), handledNanos);
        if (status.run().number() == 0) {
            boolean tried = status.state() != ServiceState.DOWN || handledNanos > 0;
            return after(since, tried ? every.interval() : every.first());
        }
        long start = status.run().started().monotonicNanos();
        long interval = every.interval().toNanos();
        long passed = Math.max(0, since - start) / interval;
        return after(start, every.interval().multipliedBy(passed + 1));
    }

    private static OptionalLong after(long fromNanos, Duration time) {
        return OptionalLong.of(Moment.deadline(fromNanos, time));
    }

    /**
     * By the wall clock, without jitter; empty when there is none.
     *
     * @param handled the latest time that was dealt with before the status came to be, or since
     * @param zone where the schedule names none
     */
    public static Optional<Instant> next(
            Trigger.Calendar calendar, ServiceStatus status, Optional<Instant> handled, Moment now, ZoneId zone) {
        Instant base = status.since().wall();
        boolean firstTime = status.run().number() == 0;
        if (handled.isPresent() && (firstTime || handled.get().isAfter(base))) {
            base = handled.get();
        }
        if (base.isAfter(now.wall().plus(CORRECTION))) {
            base = now.wall();
        }
        return calendar.schedule().next(base, calendar.zone().orElse(zone));
    }

    /** The part of the jitter that a time gets: the same whoever asks. @param seed differs between hosts */
    public static Duration delay(Trigger.Timed timed, long seed, long time) {
        long nanos = timed.jitter().toNanos();
        return nanos == 0 ? Duration.ZERO : Duration.ofNanos(new SplittableRandom(seed * 31 + time).nextLong(nanos));
    }
}

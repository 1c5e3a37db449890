package dev.ostler.service;

import dev.ostler.spec.ProbeSpec;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * What the answers of the probe under way add up to. Immutable; any thread.
 *
 * @param since when it came into this state
 * @param failures in a row, up to now, that count
 * @param successes in a row, up to now, at most as many as are needed
 * @param lastFailure of the probe, also when it has succeeded since
 */
public record Health(State state, Moment since, int failures, int successes, Optional<Failure> lastFailure) {
    public Health {
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(lastFailure, "lastFailure");
    }

    public enum State {
        /** Nobody has asked yet, or the answers do not suffice. */
        UNKNOWN,
        HEALTHY,
        UNHEALTHY;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param at wall time, for people */
    public record Failure(String text, Instant at) {
        public Failure {
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(at, "at");
        }
    }

    public static Health unknown(Moment now) {
        return new Health(State.UNKNOWN, now, 0, 0, Optional.empty());
    }

    /**
     * After one more answer.
     *
     * @param failure empty for a success
     * @param counts false for a failure that is only noted
     */
    Health after(Optional<String> failure, boolean counts, ProbeSpec probe, Moment now) {
        return failure.isEmpty() ? afterSuccess(probe, now) : afterFailure(failure.get(), counts, probe, now);
    }

    /** Failures up to now do not count any more. */
    Health countedAnew() {
        return new Health(state, since, 0, successes, lastFailure);
    }

    private Health afterSuccess(ProbeSpec probe, Moment now) {
        int inARow = Math.min(successes + 1, probe.successes());
        State next = inARow >= probe.successes() ? State.HEALTHY : state;
        return new Health(next, next == state ? since : now, 0, inARow, lastFailure);
    }

    private Health afterFailure(String text, boolean counts, ProbeSpec probe, Moment now) {
        Optional<Failure> last = Optional.of(new Failure(text, now.wall()));
        if (!counts) {
            return new Health(state, since, failures, 0, last);
        }
        State next = failures + 1 >= probe.failures() ? State.UNHEALTHY : state;
        return new Health(next, next == state ? since : now, failures + 1, 0, last);
    }

    /** {@code 1 failure}, {@code 3 failures in a row}. */
    static String failures(int count) {
        return count == 1 ? "1 failure" : count + " failures in a row";
    }
}

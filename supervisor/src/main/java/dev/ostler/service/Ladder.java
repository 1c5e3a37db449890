package dev.ostler.service;

import java.time.Duration;
import java.util.Objects;

/**
 * Progress on the stop ladder.
 *
 * @param cause why the run ends
 * @param nextStep index of the next step in the stop spec
 * @param killing the end of the ladder was reached: SIGKILL to all that is left
 * @param killed most processes that one SIGKILL to all has found alive
 * @param share how much of the times in the stop spec it gets, 0 to 1
 */
public record Ladder(ExitCause cause, int nextStep, boolean killing, int killed, double share) {
    public Ladder {
        Objects.requireNonNull(cause, "cause");
    }

    /** One that gets all of its times. */
    public Ladder(ExitCause cause, int nextStep, boolean killing, int killed) {
        this(cause, nextStep, killing, killed, 1);
    }

    static Ladder because(ExitCause cause) {
        return new Ladder(cause, 0, false, 0);
    }

    Ladder withShare(double ofTimes) {
        return new Ladder(cause, nextStep, killing, killed, Math.min(share, ofTimes));
    }

    /** What is left of the time of a step. */
    Duration shortened(Duration time) {
        return share >= 1 ? time : Duration.ofNanos((long) (time.toNanos() * share));
    }

    /** The same steps, of which more is known why they are taken. */
    Ladder dueTo(ExitCause known) {
        return new Ladder(known, nextStep, killing, killed, share);
    }

    /** Nothing has been done yet, as there is no process yet that it could be done to. */
    boolean notBegun() {
        return nextStep == 0 && !killing;
    }

    Ladder at(int step) {
        return new Ladder(cause, step, killing, killed, share);
    }

    Ladder withKilling() {
        return new Ladder(cause, nextStep, true, killed, share);
    }

    Ladder withKilled(int count) {
        return new Ladder(cause, nextStep, killing, Math.max(killed, count), share);
    }

    /** The cause as known at the end: a requested stop whose grace did not suffice is a stop timeout. */
    ExitCause finalCause() {
        if (cause instanceof ExitCause.RequestedStop stop && killing && !stop.immediately()) {
            return new ExitCause.StopTimeout(stop.by(), killed);
        }
        return cause;
    }
}

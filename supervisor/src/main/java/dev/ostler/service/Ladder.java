package dev.ostler.service;

import java.util.Objects;

/**
 * Progress on the stop ladder.
 *
 * @param cause why the run ends
 * @param nextStep index of the next step in the stop spec
 * @param killing the end of the ladder was reached: SIGKILL to all that is left
 * @param killed most processes that one SIGKILL to all has found alive
 */
public record Ladder(ExitCause cause, int nextStep, boolean killing, int killed) {
    public Ladder {
        Objects.requireNonNull(cause, "cause");
    }

    static Ladder because(ExitCause cause) {
        return new Ladder(cause, 0, false, 0);
    }

    /** Nothing has been done yet, as there is no process yet that it could be done to. */
    boolean notBegun() {
        return nextStep == 0 && !killing;
    }

    Ladder at(int step) {
        return new Ladder(cause, step, killing, killed);
    }

    Ladder withKilling() {
        return new Ladder(cause, nextStep, true, killed);
    }

    Ladder withKilled(int count) {
        return new Ladder(cause, nextStep, killing, Math.max(killed, count));
    }

    /** The cause as known at the end: a requested stop whose grace did not suffice is a stop timeout. */
    ExitCause finalCause() {
        if (cause instanceof ExitCause.RequestedStop stop && killing && !stop.immediately()) {
            return new ExitCause.StopTimeout(stop.by(), killed);
        }
        return cause;
    }
}

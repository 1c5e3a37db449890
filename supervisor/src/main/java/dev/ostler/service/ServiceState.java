package dev.ostler.service;

import java.util.Locale;

/** What a service is doing now, as opposed to what is {@link Wanted}. */
public enum ServiceState {
    /** Nothing runs and nothing is planned. */
    DOWN(false, false),
    /** To be started as soon as its dependencies are met, and the conditions that are waited for. */
    WAITING(false, false),
    /** The hook before the start is run. Deadline: its timeout, or the next step towards its end. */
    PREPARING(true, true),
    /** A launch was requested; its program does not execute yet. The launch's own deadline is the keeper's. */
    STARTING(true, false),
    /**
     * Its program executes and has not proven yet that it is ready, or the hook after the start is run. Deadline: the
     * timeout of that.
     */
    STARTED(true, true),
    /** Up. Deadline, without a probe: until it has lived long enough to be called started. */
    READY(true, true),
    /** The stop ladder is under way. Deadline: the ladder's current wait. */
    STOPPING(true, true),
    /** The main process ended by itself and left others behind, which the ladder ends. Deadline: its current wait. */
    CLEANING(true, true),
    /** Nothing of the run is left, and the hook after the stop is run. Deadline: as in {@link #PREPARING}. */
    WINDING_UP(true, true),
    /** Waits before an automatic restart. Deadline: that restart. */
    BACKOFF(false, true),
    /** Ended by itself, and that is no failure: its work is done, or someone else asked it to end. */
    FINISHED(false, false),
    /** A one-shot that has done its work, and counts as up for good. */
    COMPLETED(false, false),
    /** Failed, and is not restarted by itself any more. Deadline: the end of its cool-down, after which it is. */
    FAILED(false, true),
    /** Not started, as a dependency cannot be met. */
    DEPENDENCY_FAILED(false, false),
    /** Not started, as a condition did not hold when it was to be. */
    SKIPPED(false, false);

    private final boolean alive;
    private final boolean ownsDeadline;
    private final String text;

    ServiceState(boolean alive, boolean ownsDeadline) {
        this.alive = alive;
        this.ownsDeadline = ownsDeadline;
        text = name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether a process of the current run, or of one of its hooks, may exist. */
    public boolean isAlive() {
        return alive;
    }

    /** Whether a status in this state may have a deadline. */
    public boolean ownsDeadline() {
        return ownsDeadline;
    }

    /** Whether the run is being ended, or is over but for the hook that comes after it. */
    public boolean isEnding() {
        return this == STOPPING || this == CLEANING || this == WINDING_UP;
    }

    /** {@code dependency-failed}, as shown to people. */
    @Override
    public String toString() {
        return text;
    }
}

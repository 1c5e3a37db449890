package dev.ostler.service;

import dev.ostler.base.ServiceName;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is true of one service now; complete, so that another supervisor can go on from it.
 *
 * @param reason why it is in this state, for people
 * @param since when it came into this state, or began to wait for a condition
 * @param run the latest run
 * @param lastRun the highest number that a run of the service or of one of its hooks has
 * @param hook the one that is run
 * @param deadlineNanos CLOCK_MONOTONIC at which the state ends by {@link Event.Tick}
 * @param ladder present exactly while the run is being ended
 * @param startAgain a start follows the end of the run, which is under way or has been announced
 * @param health what the probe under way has found; of the latest run
 * @param lastExit end of the latest run that has ended
 */
public record ServiceStatus(
        ServiceName name,
        ServiceState state,
        Wanted wanted,
        String reason,
        Moment since,
        Run run,
        int lastRun,
        Optional<HookRun> hook,
        OptionalLong deadlineNanos,
        Optional<Ladder> ladder,
        boolean startAgain,
        RestartRecord restarts,
        StartOutcome startOutcome,
        Health health,
        Optional<Exit> lastExit) {
    public ServiceStatus {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(wanted, "wanted");
        Objects.requireNonNull(reason, "reason");
        Objects.requireNonNull(since, "since");
        Objects.requireNonNull(hook, "hook");
        Objects.requireNonNull(restarts, "restarts");
        Objects.requireNonNull(startOutcome, "startOutcome");
        Objects.requireNonNull(health, "health");
        Objects.requireNonNull(lastExit, "lastExit");
        boolean alive = state.isAlive();
        boolean needsHook = state == ServiceState.PREPARING || state == ServiceState.WINDING_UP;
        if (deadlineNanos.isPresent() && !state.ownsDeadline()) {
            throw impossible(state, "has no deadline");
        } else if (ladder.isPresent() != state.isEnding()) {
            throw impossible(state, "and its ladder disagree");
        } else if (alive && run.number() == 0) {
            throw impossible(state, "needs a run");
        } else if (!alive && hook.isPresent()) {
            throw impossible(state, "has no hook");
        } else if (needsHook && hook.isEmpty()) {
            throw impossible(state, "needs a hook");
        } else if (state != ServiceState.READY
                && run.notices().watchdogDueNanos().isPresent()) {
            throw impossible(state, "has no watchdog");
        } else if (startAgain && !alive) {
            throw impossible(state, "has nothing to be started after");
        }
    }

    private static IllegalArgumentException impossible(ServiceState state, String problem) {
        return new IllegalArgumentException("state " + state + " " + problem);
    }

    /** A service that nobody has asked for yet. */
    public static ServiceStatus initial(ServiceName name, Moment now) {
        return of(name, ServiceState.DOWN, Wanted.DOWN, "not started", Run.NONE, now);
    }

    /** A service that is started only when it is named. */
    static ServiceStatus disabled(ServiceName name, Moment now) {
        return of(name, ServiceState.DOWN, Wanted.DOWN, "disabled", Run.NONE, now);
    }

    /** A run that the keeper knows and no stored status tells about; its events, replayed, bring it up to date. */
    public static ServiceStatus found(ServiceName name, int run, Moment now) {
        return of(name, ServiceState.STARTING, Wanted.UP, "found running", Run.requested(run, now), now);
    }

    private static ServiceStatus of(
            ServiceName name, ServiceState state, Wanted wanted, String reason, Run run, Moment now) {
        return new ServiceStatus(
                name,
                state,
                wanted,
                reason,
                now,
                run,
                run.number(),
                Optional.empty(),
                OptionalLong.empty(),
                Optional.empty(),
                false,
                RestartRecord.NONE,
                StartOutcome.PENDING,
                Health.unknown(now),
                Optional.empty());
    }

    /** Whether run number {@code number}, or none, is over to the last process: what {@code stop} waits for. */
    public boolean isOver(int number) {
        return run.number() > number || !state.isAlive();
    }

    /** Whether nothing of it runs, and no run is planned. One that waits for its trigger has none planned. */
    public boolean isOverForGood() {
        return switch (state) {
            case DOWN, FINISHED, COMPLETED, SKIPPED -> true;
            case DEPENDENCY_FAILED -> wanted == Wanted.DOWN; // else it comes back with its dependency
            case FAILED -> deadlineNanos.isEmpty();
            default -> false;
        };
    }

    /** Whether its trigger starts it. */
    public boolean isArmed() {
        return wanted == Wanted.UP && state == ServiceState.DOWN;
    }

    /** Whether nothing of it runs or is about to, though it may: its time starts it, also after a failure. */
    public boolean isIdle() {
        boolean aboutTo = state == ServiceState.WAITING || state == ServiceState.BACKOFF;
        return wanted == Wanted.UP && !state.isAlive() && !aboutTo;
    }

    /** Whether a run is being started or is up. */
    boolean isUnderWay() {
        return state.isAlive() && !state.isEnding();
    }

    /** Whether it is to be stopped or restarted as soon as nothing needs it any more. */
    boolean isLeaving() {
        return isUnderWay() && (wanted == Wanted.DOWN || startAgain);
    }

    /** Wall time of the next automatic restart, where one is planned. */
    public Optional<Instant> nextTry() {
        boolean planned = deadlineNanos.isPresent() && !state.isAlive();
        return planned
                ? Optional.of(since.wall().plusNanos(deadlineNanos.getAsLong() - since.monotonicNanos()))
                : Optional.empty();
    }

    /** CLOCK_MONOTONIC at which {@link Event.Tick} has something to do: the state's deadline, or that of the watchdog. */
    public OptionalLong dueNanos() {
        OptionalLong watchdog = run.notices().watchdogDueNanos();
        if (deadlineNanos.isEmpty() || watchdog.isEmpty()) {
            return deadlineNanos.isPresent() ? deadlineNanos : watchdog;
        }
        return OptionalLong.of(Math.min(deadlineNanos.getAsLong(), watchdog.getAsLong()));
    }

    /** Whether {@link Event.Tick} would do something. */
    public boolean isDue(long nowNanos) {
        OptionalLong due = dueNanos();
        return due.isPresent() && due.getAsLong() <= nowNanos;
    }
}

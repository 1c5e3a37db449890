package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import java.time.Instant;
import java.util.Objects;

/** What can happen to a service. */
public sealed interface Event {
    /** An event of one run; those of earlier runs change nothing. */
    sealed interface OfRun extends Event {
        int run();
    }

    record StartRequested(Requester by) implements Event {}

    /** @param immediately without grace: SIGKILL at once */
    record StopRequested(Requester by, boolean immediately) implements Event {}

    record RestartRequested(Requester by) implements Event {}

    /** To be stopped, and what runs in its turn: a {@link StopRequested} comes when nothing needs it any more. */
    record StopAnnounced(Requester by) implements Event {}

    /** To be restarted, and what runs in its turn, by {@link RestartRequested}. */
    record RestartAnnounced(Requester by) implements Event {}

    record DependenciesChanged(DependencyOutlook outlook) implements Event {}

    /** What runs cannot go on without a dependency that is not there any more. */
    record DependencyLost(ExitCause.Dependency cause) implements Event {}

    /**
     * A process exists.
     *
     * @param means how the end of the whole service will be known, for people: {@code cgroup}, {@code guard}
     * @param startedNanos CLOCK_MONOTONIC
     */
    record Spawned(int run, Pid pid, String means, long startedNanos, Instant startedWall) implements OfRun {
        public Spawned {
            Objects.requireNonNull(pid, "pid");
            Objects.requireNonNull(means, "means");
            Objects.requireNonNull(startedWall, "startedWall");
        }
    }

    /** The service's own program executes. */
    record LaunchSucceeded(int run) implements OfRun {}

    /**
     * The program does not execute and never will in this run. When {@link Spawned} came before, {@link MainExited}
     * follows.
     *
     * @param text {@code chdir "/srv": ENOENT (No such file or directory) at …}
     */
    record LaunchFailed(int run, String text) implements OfRun {}

    record ProbeSucceeded(int run) implements OfRun {}

    /**
     * The main process has ended.
     *
     * @param endedNanos CLOCK_MONOTONIC
     * @param treeGone nothing else of the service is left; otherwise {@link TreeGone} follows
     */
    record MainExited(int run, ExitStatus status, long endedNanos, boolean treeGone) implements OfRun {
        public MainExited {
            Objects.requireNonNull(status, "status");
        }
    }

    /** No process of the service is left. May come before {@link MainExited}. */
    record TreeGone(int run) implements OfRun {}

    /** @param count processes that {@link Action.KillAll} has found alive */
    record Killed(int run, int count) implements OfRun {}

    /** Time has passed; does something only when the status's deadline has been reached. */
    record Tick() implements Event {}

    /**
     * A new supervisor has taken over a stored status: does again what died with the old one. The keeper's own
     * events of the run are replayed afterwards.
     *
     * @param runKnown the keeper knows the status's run
     */
    record Resumed(boolean runKnown) implements Event {}

    /** Short name for messages. */
    default String label(ServiceName service) {
        return getClass().getSimpleName() + " of \"" + service + "\"";
    }
}

package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** What can happen to a service. */
public sealed interface Event {
    /** An event of one run; those of earlier runs change nothing. */
    sealed interface OfRun extends Event {
        int run();
    }

    record StartRequested(Requester by) implements Event {}

    /** It is to be started as soon as its trigger comes, which {@link StartRequested} tells then. */
    record Armed() implements Event {}

    /**
     * A stop.
     *
     * @param immediately without grace: SIGKILL at once
     * @param graceShare how much of the times on its ladder it gets, 0 to 1
     */
    record StopRequested(Requester by, boolean immediately, double graceShare) implements Event {
        public StopRequested(Requester by, boolean immediately) {
            this(by, immediately, 1);
        }
    }

    record RestartRequested(Requester by) implements Event {}

    /**
     * To be stopped, and what runs in its turn: a {@link StopRequested} comes when nothing needs it any more.
     *
     * @param graceShare as there, for one that is being stopped already
     */
    record StopAnnounced(Requester by, double graceShare) implements Event {
        public StopAnnounced(Requester by) {
            this(by, 1);
        }
    }

    /** To be restarted, and what runs in its turn, by {@link RestartRequested}. */
    record RestartAnnounced(Requester by) implements Event {}

    record DependenciesChanged(DependencyOutlook outlook) implements Event {}

    /** What {@link Action.CheckConditions} has found, and again whenever that changes. */
    record ConditionsChecked(ConditionOutlook outlook) implements Event {}

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

    /**
     * One attempt of a probe has ended.
     *
     * @param failure why it failed; empty when it succeeded
     */
    record Probed(int run, ProbePurpose purpose, Optional<String> failure) implements OfRun {
        public Probed {
            Objects.requireNonNull(purpose, "purpose");
            Objects.requireNonNull(failure, "failure");
        }
    }

    /** The service has told something of itself. May come before {@link LaunchSucceeded}, and before {@link Spawned}. */
    record Notified(int run, Notice notice) implements OfRun {
        public Notified {
            Objects.requireNonNull(notice, "notice");
        }
    }

    /** Another process of the run is its main one from now on. */
    record MainChanged(int run, Pid pid) implements OfRun {
        public MainChanged {
            Objects.requireNonNull(pid, "pid");
        }
    }

    /** The process that is awaited is not known yet; {@code why}: {@code "/run/web.pid" is empty}. */
    record MainAwaited(int run, String why) implements OfRun {
        public MainAwaited {
            Objects.requireNonNull(why, "why");
        }
    }

    /**
     * The main process has ended.
     *
     * @param endedNanos CLOCK_MONOTONIC
     * @param treeGone nothing else of the service is left; otherwise {@link TreeGone} follows
     * @param oomKills processes of this run that the kernel has killed for the memory limit
     * @param explanation the cause where more is known than the status says, if nobody asked for the end
     */
    record MainExited(
            int run,
            ExitStatus status,
            long endedNanos,
            boolean treeGone,
            long oomKills,
            Optional<ExitCause> explanation)
            implements OfRun {
        public MainExited {
            Objects.requireNonNull(status, "status");
            Objects.requireNonNull(explanation, "explanation");
        }

        /** The status says it all. */
        public MainExited(int run, ExitStatus status, long endedNanos, boolean treeGone) {
            this(run, status, endedNanos, treeGone, 0, Optional.empty());
        }
    }

    /**
     * The kernel has killed processes of the service for its memory limit.
     *
     * @param count all of this run so far
     * @param memory {@code 64 MiB of 64 MiB}
     */
    record OomKilled(int run, long count, String memory) implements OfRun {}

    /** No process of the service is left. May come before {@link MainExited}. */
    record TreeGone(int run) implements OfRun {}

    /** What {@link Action.LookForHeapDump} has found; empty: none is being written. */
    record HeapDumpLooked(int run, Optional<HeapDump> dump) implements OfRun {
        public HeapDumpLooked {
            Objects.requireNonNull(dump, "dump");
        }
    }

    /** @param bytes of all its files so far */
    record HeapDump(String file, long bytes) {
        public HeapDump {
            Objects.requireNonNull(file, "file");
        }

        /** {@code java_pid7.hprof, 5 MiB so far}. */
        @Override
        public String toString() {
            return file + ", " + (bytes >> 20) + " MiB so far";
        }
    }

    /**
     * What a step of the stop ladder has led to.
     *
     * @param step its index in the ladder
     */
    record StopStepEnded(int run, int step) implements OfRun {}

    /** @param count processes that {@link Action.KillAll} has found alive */
    record Killed(int run, int count) implements OfRun {}

    /** Time has passed; does something only when the status's deadline has been reached. */
    record Tick() implements Event {}

    /**
     * A new supervisor has taken over a stored status: does again what died with the old one. The keeper's own
     * events of the run are replayed afterwards.
     *
     * @param runKnown the keeper knows the status's run
     * @param hookKnown likewise of its hook
     */
    record Resumed(boolean runKnown, boolean hookKnown) implements Event {}

    /** Short name for messages. */
    default String label(ServiceName service) {
        return getClass().getSimpleName() + " of \"" + service + "\"";
    }
}

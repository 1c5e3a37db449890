package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The latest run of a service.
 *
 * @param number from 1; 0 = there has been none
 * @param pid of the main process, once known
 * @param means how the end of all of it is known: {@code cgroup}, {@code guard}; empty until spawned
 * @param started monotonic and wall time of the process's start; of the request until it is known
 * @param mainExit present once the main process has ended
 * @param treeGone nothing of the run is left, as far as its tracker says
 * @param notices what it has told of itself
 * @param awaitsMain what was launched is to leave another process behind, which is not known yet
 * @param dump that its processes may be writing
 */
public record Run(
        int number,
        Optional<Pid> pid,
        String means,
        Moment started,
        Optional<MainExit> mainExit,
        boolean treeGone,
        Notices notices,
        boolean awaitsMain,
        DumpWatch dump) {
    public static final Run NONE =
            new Run(0, Optional.empty(), "", new Moment(0, Instant.EPOCH), Optional.empty(), false);

    /** One that has told nothing of itself. */
    public Run(
            int number,
            Optional<Pid> pid,
            String means,
            Moment started,
            Optional<MainExit> mainExit,
            boolean treeGone) {
        this(number, pid, means, started, mainExit, treeGone, Notices.NONE, false, DumpWatch.NONE);
    }

    public Run {
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(means, "means");
        Objects.requireNonNull(started, "started");
        Objects.requireNonNull(mainExit, "mainExit");
        Objects.requireNonNull(notices, "notices");
        Objects.requireNonNull(dump, "dump");
        if (number < 0) {
            throw new IllegalArgumentException("run " + number);
        }
    }

    /** How and when (CLOCK_MONOTONIC) the main process ended. */
    public record MainExit(ExitStatus status, long endedNanos) {}

    static Run requested(int number, Moment now) {
        return new Run(number, Optional.empty(), "", now, Optional.empty(), false);
    }

    /** There will be a run; a hook comes first, whose number stands in for that of the run. */
    static Run notYet(int number, Moment now) {
        return new Run(number, Optional.empty(), "", now, Optional.empty(), true);
    }

    /** Whether nothing of it is left, or there never was a process. */
    boolean isOver() {
        return treeGone && (mainExit.isPresent() || pid.isEmpty());
    }

    /** It is over, however that came to be known. */
    Run over() {
        return new Run(number, mainExit.isPresent() ? pid : Optional.empty(), means, started, mainExit, true);
    }

    Run spawned(Event.Spawned event) {
        Moment start = new Moment(event.startedNanos(), event.startedWall());
        return new Run(
                number, Optional.of(event.pid()), event.means(), start, mainExit, treeGone, notices, awaitsMain, dump);
    }

    Run exited(Event.MainExited event) {
        MainExit exit = new MainExit(event.status(), event.endedNanos());
        boolean gone = treeGone || event.treeGone();
        return new Run(number, pid, means, started, Optional.of(exit), gone, notices, awaitsMain, dump);
    }

    Run withTreeGone() {
        return new Run(number, pid, means, started, mainExit, true, notices, awaitsMain, dump);
    }

    Run withNotices(Notices told) {
        return told == notices
                ? this
                : new Run(number, pid, means, started, mainExit, treeGone, told, awaitsMain, dump);
    }

    Run withDump(DumpWatch known) {
        return known == dump || known.equals(dump)
                ? this
                : new Run(number, pid, means, started, mainExit, treeGone, notices, awaitsMain, known);
    }

    Run awaitingMain(boolean awaited) {
        return new Run(number, pid, means, started, mainExit, treeGone, notices, awaited, dump);
    }

    /** This process is the main one from now on, and has not ended. */
    Run withMain(Pid main) {
        return new Run(number, Optional.of(main), means, started, Optional.empty(), treeGone, notices, false, dump);
    }
}

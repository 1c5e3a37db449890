package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.spec.HookSpec;
import java.util.Objects;
import java.util.Optional;

/**
 * A hook that is run, until nothing of it is left.
 *
 * @param run its number, of the same row as the runs of the service
 * @param pid once known
 * @param exit present once its main process has ended
 * @param failure why it does not count as done
 */
public record HookRun(
        HookSpec.Kind kind,
        int run,
        Phase phase,
        Optional<Pid> pid,
        Optional<ExitStatus> exit,
        boolean treeGone,
        Optional<String> failure) {
    public HookRun {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(pid, "pid");
        Objects.requireNonNull(exit, "exit");
        Objects.requireNonNull(failure, "failure");
    }

    /** At work; asked to end by SIGTERM; being killed. */
    public enum Phase {
        AT_WORK,
        ENDING,
        KILLING
    }

    static HookRun requested(HookSpec.Kind kind, int run) {
        return new HookRun(kind, run, Phase.AT_WORK, Optional.empty(), Optional.empty(), false, Optional.empty());
    }

    boolean isOver() {
        return treeGone && exit.isPresent();
    }

    HookRun spawned(Pid newPid) {
        return new HookRun(kind, run, phase, Optional.of(newPid), exit, treeGone, failure);
    }

    HookRun in(Phase next) {
        return new HookRun(kind, run, next, pid, exit, treeGone, failure);
    }

    HookRun exited(ExitStatus status, boolean gone) {
        return new HookRun(kind, run, phase, pid, Optional.of(status), treeGone || gone, failure);
    }

    HookRun withTreeGone() {
        return new HookRun(kind, run, phase, pid, exit, true, failure);
    }

    /** The first reason counts. */
    HookRun failed(String why) {
        return failure.isPresent() ? this : new HookRun(kind, run, phase, pid, exit, treeGone, Optional.of(why));
    }
}

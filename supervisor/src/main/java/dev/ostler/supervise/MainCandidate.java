package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.PidFd;
import java.util.Optional;

/**
 * A process that may become the main one of a run.
 *
 * @param pinned present unless there is an objection
 * @param objection why it cannot, where that is known now
 */
record MainCandidate(Optional<PidFd> pinned, Optional<String> objection) implements AutoCloseable {
    /** Looked at while it is pinned, as its number may change hands. */
    static MainCandidate of(Members members, LiveRun run, Pid process) {
        Optional<PidFd> pinned = open(process);
        if (pinned.isEmpty()) {
            return refused("process " + process + " has ended");
        }
        try {
            if (members.isMember(run, process) && pinned.get().pid().isPresent()) {
                return new MainCandidate(pinned, Optional.empty());
            }
        } catch (KernelException e) {
            pinned.get().close();
            throw e;
        }
        pinned.get().close();
        return refused("process " + process + " does not belong to the service");
    }

    private static MainCandidate refused(String objection) {
        return new MainCandidate(Optional.empty(), Optional.of(objection));
    }

    private static Optional<PidFd> open(Pid process) {
        try {
            return Optional.of(PidFd.open(process));
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        pinned.ifPresent(PidFd::close);
    }
}

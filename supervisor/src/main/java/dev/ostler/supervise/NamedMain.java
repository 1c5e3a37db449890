package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.KernelException;
import java.io.UncheckedIOException;
import java.util.Optional;

/**
 * Whom a service means by the number of its main process; neither a process nor an objection: that is the main process already.
 */
record NamedMain(Optional<Pid> process, Optional<String> objection) {
    static NamedMain of(Members members, CompiledService service, LiveRun run, int number) {
        try {
            Optional<Pid> process = new RunProcesses(run, service.plan()).byNumber(number);
            boolean same = process.isPresent() && process.equals(run.pid()) && !run.exitSeen();
            return same ? new NamedMain(Optional.empty(), Optional.empty()) : other(members, run, process, number);
        } catch (KernelException | UncheckedIOException e) {
            return refused(e.getMessage());
        }
    }

    private static NamedMain other(Members members, LiveRun run, Optional<Pid> process, int number) {
        if (process.isEmpty()) {
            return refused("process " + number + " does not belong to the service");
        }
        try (MainCandidate candidate = MainCandidate.of(members, run, process.get())) {
            return new NamedMain(process.filter(pid -> candidate.objection().isEmpty()), candidate.objection());
        }
    }

    private static NamedMain refused(String objection) {
        return new NamedMain(Optional.empty(), Optional.of(objection));
    }
}

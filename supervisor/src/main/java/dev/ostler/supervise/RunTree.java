package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.linux.Descendants;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.PidFd;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;

/** All processes of one run, and the means by which they are found. Loop thread only. */
sealed interface RunTree extends AutoCloseable {

    /** For people: {@code cgroup}, {@code guard}. */
    String means();

    /** Everything in it except guards. */
    List<Pid> processes();

    /** Begins to end all of it; returns how many were alive. */
    int killAll();

    @Override
    void close();

    /**
     * Sends a signal to every process; returns how many got it.
     *
     * @throws KernelException the first refusal, after all others were tried
     */
    default int signalAll(Signal signal) {
        Optional<KernelException> refusal = Optional.empty();
        int reached = 0;
        for (Pid pid : processes()) {
            try (PidFd process = PidFd.open(pid)) {
                reached += process.sendSignal(signal) ? 1 : 0;
            } catch (KernelException e) {
                if (!e.is(Errno.ESRCH) && refusal.isEmpty()) {
                    refusal = Optional.of(e);
                }
            }
        }
        if (refusal.isPresent()) {
            throw refusal.get();
        }
        return reached;
    }

    /** The run has a cgroup of its own. */
    record OfCgroup(ServiceCgroup cgroup) implements RunTree {
        @Override
        public String means() {
            return "cgroup";
        }

        @Override
        public List<Pid> processes() {
            return cgroup.processes();
        }

        @Override
        public int killAll() {
            try {
                int alive = cgroup.processes().size();
                cgroup.killAll();
                return alive;
            } catch (UncheckedIOException e) { // the count is for people, the kill is not
                cgroup.killAll();
                return 0;
            }
        }

        @Override
        public void close() {
            cgroup.remove();
        }
    }

    /** A guard is the subreaper of the run; SIGTERM tells it to end all of it. */
    record OfGuard(Pid pid, PidFd guard) implements RunTree {
        @Override
        public String means() {
            return "guard";
        }

        @Override
        public List<Pid> processes() {
            return Descendants.of(pid);
        }

        @Override
        public int killAll() {
            int alive = 0;
            try {
                alive = processes().size();
            } catch (KernelException | UncheckedIOException ignored) { // the count is for people, the kill is not
            }
            guard.sendSignal(Signal.TERM);
            return alive;
        }

        @Override
        public void close() {
            guard.close();
        }
    }
}

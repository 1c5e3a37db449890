package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.Registration;
import java.util.List;
import java.util.Optional;

/** What the supervisor holds of one run while it exists. Loop thread only. */
final class LiveRun implements AutoCloseable {
    final RunKey key;
    private Optional<Pid> pid = Optional.empty();
    private Optional<PidFd> main = Optional.empty();
    private Optional<RunTree> tree = Optional.empty();
    private Optional<Registration> watch = Optional.empty();
    private final boolean adopted;
    private boolean exitSeen;
    private boolean overSeen;

    /** @param adopted an earlier supervisor has started it */
    LiveRun(RunKey key, boolean adopted) {
        this.key = key;
        this.adopted = adopted;
    }

    boolean adopted() {
        return adopted;
    }

    void spawned(Pid newPid, PidFd newMain) {
        main.ifPresent(PidFd::close);
        pid = Optional.of(newPid);
        main = Optional.of(newMain);
    }

    void trackedBy(RunTree newTree) {
        tree.ifPresent(old -> {
            if (old instanceof RunTree.OfGuard) {
                old.close();
            }
        });
        tree = Optional.of(newTree);
    }

    void watchedBy(Registration registration) {
        watch = Optional.of(registration);
    }

    Optional<Pid> pid() {
        return pid;
    }

    Optional<PidFd> main() {
        return main;
    }

    /** Empty while it has none, or the main one is known to have ended. */
    Optional<RunningProcesses> processes() {
        if (pid.isEmpty() || exitSeen) {
            return Optional.empty();
        }
        Optional<Pid> guard = tree.filter(RunTree.OfGuard.class::isInstance).map(own -> ((RunTree.OfGuard) own).pid());
        String means = tree.map(RunTree::means).orElse("none");
        return Optional.of(
                new RunningProcesses(pid.get(), tree.map(RunTree::processes).orElse(List.of()), means, guard));
    }

    Optional<RunTree> tree() {
        return tree;
    }

    boolean exitSeen() {
        return exitSeen;
    }

    /** True the first time. */
    boolean seeExit() {
        boolean first = !exitSeen;
        exitSeen = true;
        return first;
    }

    /** True the first time. */
    boolean seeOver() {
        boolean first = !overSeen;
        overSeen = true;
        return first;
    }

    @Override
    public void close() {
        watch.ifPresent(Registration::close);
        main.ifPresent(PidFd::close);
        tree.ifPresent(RunTree::close);
    }
}

package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.util.List;
import java.util.Optional;

/** Ends a run that nobody wants, and of which the state machine never hears. Loop thread only. */
final class UnwantedRun {
    private final Optional<ServiceCgroup> cgroup;
    private final EventLoop loop;
    private final Runnable over;
    private Optional<PidFd> main = Optional.empty();
    private Optional<RunTree.OfGuard> guard = Optional.empty();
    private Optional<Registration> watch = Optional.empty();

    /**
     * @param cgroup where it has one; closed and removed here
     * @param over called when nothing of it is left
     */
    UnwantedRun(Optional<ServiceCgroup> cgroup, EventLoop loop, Runnable over) {
        this.cgroup = cgroup;
        this.loop = loop;
        this.over = over;
    }

    /** The descriptors are taken over. */
    void onKeeperEvent(KeeperEvent.OfRun event, List<Fd> descriptors) {
        if (event instanceof KeeperEvent.Spawned spawned) {
            main = Optional.of(PidFd.adopt(descriptors.get(0)));
            if (spawned.guarded()) {
                guard = Optional.of(new RunTree.OfGuard(new Pid(spawned.guardPid()), PidFd.adopt(descriptors.get(1))));
            }
            kill();
        } else if (event instanceof KeeperEvent.Exited && guard.isEmpty()) {
            look();
        } else if (event instanceof KeeperEvent.Gone) {
            end();
        } else if (event instanceof KeeperEvent.Failed failed
                && failed.kind() == KeeperEvent.Failed.Kind.CLONE_REFUSED) {
            end();
        }
    }

    private void kill() {
        cgroup.ifPresent(ServiceCgroup::killAll);
        guard.ifPresentOrElse(
                RunTree.OfGuard::killAll, () -> main.ifPresent(process -> process.sendSignal(Signal.KILL)));
    }

    /** The main process has ended; without a guard the cgroup says whether it is alone. */
    private void look() {
        if (cgroup.isEmpty() || !cgroup.get().isPopulated()) {
            end();
        } else if (watch.isEmpty()) {
            cgroup.get().killAll();
            watch = Optional.of(loop.register(
                    Priority.EXITS, cgroup.get().events(), LinuxConstants.EPOLLPRI, (ready, now) -> look()));
            look(); // it may have become empty before it was watched
        }
    }

    private void end() {
        watch.ifPresent(Registration::close);
        main.ifPresent(PidFd::close);
        guard.ifPresent(RunTree::close);
        cgroup.ifPresent(ServiceCgroup::remove);
        over.run();
    }
}

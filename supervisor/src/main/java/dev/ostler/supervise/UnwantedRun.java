package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a run that nobody wants, and of which the state machine never hears. What the kernel refuses for now is tried again.
 * Loop thread only.
 */
final class UnwantedRun {
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(UnwantedRun.class);

    private final Optional<ServiceCgroup> cgroup;
    private final EventLoop loop;
    private final Clock clock;
    private final Runnable over;
    private Optional<PidFd> main = Optional.empty();
    private Optional<RunTree.OfGuard> guard = Optional.empty();
    private Optional<Registration> watch = Optional.empty();
    private boolean ended;

    /**
     * @param cgroup where it has one; closed and removed here
     * @param over called when nothing of it is left
     */
    UnwantedRun(Optional<ServiceCgroup> cgroup, EventLoop loop, Clock clock, Runnable over) {
        this.cgroup = cgroup;
        this.loop = loop;
        this.clock = clock;
        this.over = over;
    }

    /** The descriptors are taken over. */
    void onKeeperEvent(KeeperEvent.OfRun event, List<Fd> descriptors) {
        if (event instanceof KeeperEvent.Spawned spawned) {
            main = Optional.of(PidFd.adopt(descriptors.get(0)));
            if (spawned.guarded()) {
                guard = Optional.of(new RunTree.OfGuard(new Pid(spawned.guardPid()), PidFd.adopt(descriptors.get(1))));
            }
            attempt(this::kill);
        } else if (event instanceof KeeperEvent.Exited exited && (guard.isEmpty() || exited.gone())) {
            attempt(this::look); // a guard that is lost tells no more than this
        } else if (event instanceof KeeperEvent.Gone) {
            end();
        } else if (event instanceof KeeperEvent.Failed failed
                && failed.kind() == KeeperEvent.Failed.Kind.CLONE_REFUSED) {
            end();
        }
    }

    private void attempt(Runnable action) {
        if (ended) {
            return;
        }
        try {
            action.run();
        } catch (KernelException | UncheckedIOException e) {
            LOG.warn("event=unwanted-run-not-ended reason=\"{}\"", e.getMessage());
            loop.timers().schedule(clock.monotonicNanos() + RETRY.toNanos(), () -> attempt(action));
        }
    }

    private void kill() {
        cgroup.ifPresent(ServiceCgroup::killAll);
        guard.ifPresent(RunTree.OfGuard::killAll);
        main.ifPresent(process -> process.sendSignal(Signal.KILL));
    }

    /** The main process has ended; the cgroup, where there is one, says whether it was alone. */
    private void look() {
        if (ended) {
            return;
        }
        if (cgroup.isEmpty() || !cgroup.get().isPopulated()) {
            end();
        } else if (watch.isEmpty()) {
            cgroup.get().killAll();
            watch = Optional.of(loop.register(
                    Priority.EXITS,
                    cgroup.get().events(),
                    LinuxConstants.EPOLLPRI,
                    (ready, now) -> attempt(this::look)));
            look(); // it may have become empty before it was watched
        }
    }

    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        watch.ifPresent(Registration::close);
        main.ifPresent(PidFd::close);
        guard.ifPresent(RunTree::close);
        cgroup.ifPresent(ServiceCgroup::remove);
        over.run();
    }
}

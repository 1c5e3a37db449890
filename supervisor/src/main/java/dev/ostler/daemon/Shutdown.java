package dev.ostler.daemon;

import dev.ostler.base.Signal;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Memfd;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.supervise.Supervisor;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orderly end: all services in reverse order, then the logs, then the keeper. Loop thread only. */
final class Shutdown {
    /** The keeper holds something of this name once the shutdown has begun. */
    static final String STORE_NAME = "stopping";

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final Supervisor supervisor;
    private final Logs logs;
    private final Optional<ServiceCgroups> cgroups;
    private final LimitCgroups limits;
    private final KeeperClient keeper;
    private final EventLoop loop;

    Shutdown(
            Supervisor supervisor,
            Logs logs,
            Optional<ServiceCgroups> cgroups,
            LimitCgroups limits,
            KeeperClient keeper,
            EventLoop loop) {
        this.limits = limits;
        this.supervisor = supervisor;
        this.logs = logs;
        this.cgroups = cgroups;
        this.keeper = keeper;
        this.loop = loop;
    }

    /** The first TERM or INT stops in order, the next one without grace; so does HUP, of a terminal that has hung up. */
    void onSignal(Signal signal) {
        boolean stop = signal.equals(Signal.TERM) || signal.equals(Signal.INT) || signal.equals(Signal.HUP);
        LOG.info("event=signal signal={} stop={}", signal, stop);
        if (stop) {
            begin(supervisor.isShuttingDown(), () -> {});
        }
    }

    /**
     * Begins, or goes on.
     *
     * @param immediately without grace
     * @param allDown runs when no process of any service is left, before this process ends
     */
    void begin(boolean immediately, Runnable allDown) {
        boolean first = !supervisor.isShuttingDown();
        supervisor.when(() -> supervisor.isShuttingDown() && supervisor.isAllDown(), allDown);
        if (first) {
            remember(); // before anything is stopped: otherwise its successor would leave it at that
        }
        supervisor.shutDown(immediately);
        if (first) {
            supervisor.when(supervisor::isAllDown, () -> loop.inbox().post(this::leave));
        }
    }

    /** A supervisor that takes over in the middle of this goes on with it. */
    private void remember() {
        try {
            keeper.send(new KeeperRequest.Store(STORE_NAME), List.of(Memfd.create("ostler-stopping")));
        } catch (KernelException e) { // no descriptors left: no reason not to stop
            LOG.warn("event=shutdown-not-stored reason=\"{}\"", e.getMessage());
        }
    }

    private void leave() {
        logs.close();
        supervisor.removeSocketFiles();
        cgroups.ifPresent(ServiceCgroups::remove);
        supervisor.services().forEach(service -> limits.removeAll(service.plan().joinedControllers()));
        loop.inbox().post(() -> keeper.exit(0)); // behind the last answers of the log thread, which clients wait for
    }
}

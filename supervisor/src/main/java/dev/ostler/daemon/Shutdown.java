package dev.ostler.daemon;

import dev.ostler.base.Signal;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.Memfd;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.service.Haste;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.Supervisor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The orderly end: all services in reverse order, then the logs, then the keeper. Loop thread only. */
final class Shutdown {
    /** The keeper holds something of this name once the shutdown has begun. */
    static final String STORE_NAME = "stopping";

    /** What is stored is one byte of these. */
    private static final int OUTER = 1;

    private static final int SIGNALLED = 2;

    private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

    private final Supervisor supervisor;
    private final Logs logs;
    private final Optional<ServiceCgroups> cgroups;
    private final LimitCgroups limits;
    private final KeeperClient keeper;
    private final EventLoop loop;
    private boolean signalled;

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

    /**
     * The first TERM or INT stops in order, the next one without grace; so does HUP, of a terminal that has hung up. Only TERM is
     * what Docker or Kubernetes send before they lose patience.
     */
    void onSignal(Signal signal) {
        boolean stop = signal.equals(Signal.TERM) || signal.equals(Signal.INT) || signal.equals(Signal.HUP);
        LOG.info("event=signal signal={} stop={}", signal, stop);
        if (stop) {
            Haste first = signal.equals(Signal.TERM) ? Haste.WITHIN_OUTER_GRACE : Haste.NONE;
            Haste haste = signalled ? Haste.AT_ONCE : first;
            signalled = true;
            begin(haste, () -> {});
        }
    }

    /**
     * Begins, or goes on.
     *
     * @param allDown runs when no process of any service is left, before this process ends
     */
    void begin(Haste haste, Runnable allDown) {
        boolean first = !supervisor.isShuttingDown();
        supervisor.when(() -> supervisor.isShuttingDown() && supervisor.isAllDown(), allDown);
        if (first || haste == Haste.WITHIN_OUTER_GRACE) {
            remember(haste); // before anything is stopped: otherwise its successor would leave it at that
        }
        supervisor.shutDown(haste);
        if (first) {
            supervisor.when(supervisor::isAllDown, () -> loop.inbox().post(this::leave));
        }
    }

    /** Goes on with what an earlier supervisor has begun. */
    void resume(Fd stored) {
        byte[] state;
        try (stored) {
            state = Memfd.readAll(stored, 1);
        }
        signalled = (state[0] & SIGNALLED) != 0;
        begin((state[0] & OUTER) != 0 ? Haste.WITHIN_OUTER_GRACE : Haste.NONE, () -> {});
    }

    /**
     * Begins as soon as the project has come to its end by itself.
     *
     * @param busy a change of the configuration is under way, which is taken back when it fails
     * @param say tells whoever called {@code up}
     */
    void atTheEnd(BooleanSupplier busy, Consumer<String> say) {
        supervisor.when(() -> !busy.getAsBoolean() && supervisor.end().isPresent(), () -> {
            String why = "going down: " + supervisor.end().orElse("all services have ended");
            LOG.info("event=end reason=\"{}\"", why);
            say.accept(why);
            begin(Haste.NONE, () -> {});
        });
    }

    /** A supervisor that takes over in the middle of this goes on with it. What was killed at once is gone by then. */
    private void remember(Haste haste) {
        try {
            int state = (haste == Haste.WITHIN_OUTER_GRACE ? OUTER : 0) | (signalled ? SIGNALLED : 0);
            ByteBuffer text = ByteBuffer.wrap(new byte[] {(byte) state});
            keeper.send(new KeeperRequest.Store(STORE_NAME), List.of(Memfd.sealed("ostler-stopping", text)));
        } catch (KernelException e) { // no descriptors left: no reason not to stop
            LOG.warn("event=shutdown-not-stored reason=\"{}\"", e.getMessage());
        }
    }

    private void leave() {
        logs.close();
        supervisor.endPage();
        supervisor.removeSocketFiles();
        cgroups.ifPresent(ServiceCgroups::remove);
        for (CompiledService service : supervisor.services()) {
            if (!service.plan().cgroup().isEmpty()) {
                limits.removeAll(service.plan().joinedControllers());
            }
        }
        int code = supervisor.exitCode();
        loop.inbox().post(() -> keeper.exit(code)); // behind the last answers of the log thread, which clients wait for
    }
}

package dev.ostler.probe;

import dev.ostler.spec.ProbeSpec;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/** Runs probes on a few threads of its own, so that the loop never waits for a network. Loop thread only. */
public final class ProbeRunner implements AutoCloseable {
    /** Probes that can be waiting for an answer at the same time; others queue. */
    private static final int THREADS = 4;

    private final Executor loop;
    private ScheduledExecutorService threads;

    /**
     * @param loop runs what it is given on the loop thread
     */
    public ProbeRunner(Executor loop) {
        this.loop = loop;
    }

    /** {@code onReady} is called on the loop thread, at most once. */
    public Probe start(ProbeSpec spec, Runnable onReady) {
        if (threads == null) {
            threads = Executors.newScheduledThreadPool(THREADS, task -> {
                Thread thread = new Thread(task, "probe");
                thread.setDaemon(true);
                return thread;
            });
        }
        Probe probe = new Probe(spec, threads, loop, onReady);
        probe.start();
        return probe;
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}

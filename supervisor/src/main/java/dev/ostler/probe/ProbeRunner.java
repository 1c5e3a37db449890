package dev.ostler.probe;

import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
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

    /**
     * Begins.
     *
     * @param onReady called on the loop thread, at most once
     * @throws KernelException when no thread could be had for it (pids.max, RLIMIT_NPROC)
     */
    public Probe start(ProbeSpec spec, Runnable onReady) {
        if (threads == null) {
            threads = Executors.newScheduledThreadPool(THREADS, task -> {
                Thread thread = new Thread(task, "probe");
                thread.setDaemon(true);
                return thread;
            });
        }
        Probe probe = new Probe(spec, threads, loop, onReady);
        try {
            probe.start();
        } catch (OutOfMemoryError e) { // how the JVM says that the kernel refused a thread
            probe.cancel();
            throw new KernelException("clone", "probe thread", Errno.EAGAIN);
        }
        return probe;
    }

    @Override
    public void close() {
        if (threads != null) {
            threads.shutdownNow();
        }
    }
}

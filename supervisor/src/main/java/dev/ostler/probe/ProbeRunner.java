package dev.ostler.probe;

import dev.ostler.base.Pid;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs probes on a few threads of its own, so that the loop never waits for a network. There are none before the first
 * probe. Loop thread only.
 */
public final class ProbeRunner implements AutoCloseable {
    private final Executor loop;
    private ProbeThreads threads;

    /**
     * @param loop runs what it is given on the loop thread
     */
    public ProbeRunner(Executor loop) {
        this.loop = loop;
    }

    /**
     * Begins.
     *
     * @param spec with a check that is asked
     * @param processes of the service, the main one first; called on a probe thread
     * @param listener called on the loop thread after each attempt: why it failed, empty when it succeeded
     * @throws KernelException when no thread could be had for it (pids.max, RLIMIT_NPROC)
     */
    public Probe start(ProbeSpec spec, Supplier<List<Pid>> processes, Consumer<Optional<String>> listener) {
        if (threads == null) {
            threads = new ProbeThreads();
        }
        ProbeCheck.Asked check = (ProbeCheck.Asked) spec.check();
        Attempt attempt = new Attempt(check, spec.attemptTimeout(), processes, threads.deadlines());
        Probe probe = new Probe(spec, attempt, threads, loop, listener);
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
            threads.close();
        }
    }
}

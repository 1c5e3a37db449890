package dev.ostler.probe;

import dev.ostler.spec.ProbeSpec;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * A probe under way: attempts, one after the other, until one succeeds or it is cancelled. Until then the answer is
 * unknown, never yes. Success and the last failure are published through the loop's executor only, so that all public
 * methods belong to the loop thread.
 */
public final class Probe {
    private final ProbeSpec spec;
    private final ScheduledExecutorService threads;
    private final Executor loop;
    private final Runnable onReady;
    private volatile boolean cancelled;
    private Optional<String> lastFailure = Optional.empty();

    Probe(ProbeSpec spec, ScheduledExecutorService threads, Executor loop, Runnable onReady) {
        this.spec = spec;
        this.threads = threads;
        this.loop = loop;
        this.onReady = onReady;
    }

    void start() {
        threads.execute(this::attempt);
    }

    /** Why the last attempt failed; empty before the first one has ended. */
    public Optional<String> lastFailure() {
        return lastFailure;
    }

    /** No callback comes after this. */
    public void cancel() {
        cancelled = true;
    }

    private void attempt() {
        if (cancelled) {
            return;
        }
        Optional<String> failure = Attempt.run(spec);
        loop.execute(() -> finished(failure));
    }

    private void finished(Optional<String> failure) {
        if (cancelled) {
            return;
        }
        if (failure.isEmpty()) {
            cancelled = true;
            onReady.run();
            return;
        }
        lastFailure = failure;
        try {
            threads.schedule(this::attempt, spec.interval().toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) { // the supervisor is going down
            cancelled = true;
        }
    }
}

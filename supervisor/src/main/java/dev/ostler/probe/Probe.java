package dev.ostler.probe;

import dev.ostler.spec.ProbeSpec;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A probe under way: attempts, one after the other and never two at a time, until it is cancelled. What each has found
 * comes through the loop's executor only, so that all public methods belong to the loop thread.
 */
public final class Probe {
    private final ProbeSpec spec;
    private final Attempt attempt;
    private final ScheduledExecutorService threads;
    private final Executor loop;
    private final Consumer<Optional<String>> listener;
    private volatile boolean cancelled;

    Probe(
            ProbeSpec spec,
            Attempt attempt,
            ScheduledExecutorService threads,
            Executor loop,
            Consumer<Optional<String>> listener) {
        this.spec = spec;
        this.attempt = attempt;
        this.threads = threads;
        this.loop = loop;
        this.listener = listener;
    }

    void start() {
        threads.execute(this::attempt);
    }

    /** No callback comes after this. */
    public void cancel() {
        cancelled = true;
    }

    private void attempt() {
        if (cancelled) {
            return;
        }
        Optional<String> failure = attempt.run();
        loop.execute(() -> finished(failure));
    }

    private void finished(Optional<String> failure) {
        if (cancelled) {
            return;
        }
        listener.accept(failure);
        try {
            threads.schedule(this::attempt, pauseNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ignored) { // the supervisor is going down
            cancelled = true;
        } catch (
                OutOfMemoryError
                        ignored) { // no more threads for the moment: those that there are take it in their turn
            return;
        }
    }

    /** The jitter only shortens, so that the interval holds. */
    private long pauseNanos() {
        double share = 1 - spec.jitter() * ThreadLocalRandom.current().nextDouble();
        return (long) (spec.interval().toNanos() * share);
    }
}

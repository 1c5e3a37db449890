package dev.ostler.probe;

import dev.ostler.spec.ProbeSpec;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A probe under way: attempts, one after the other and never two at a time, until it is cancelled. One that hangs has failed
 * when its time is over, and as often as it would be asked again meanwhile. What each has found
 * comes through the loop's executor only, so that all public methods belong to the loop thread.
 */
public final class Probe {
    /** An attempt knows more of why it has no answer yet than its deadline does. */
    private static final Duration GRACE = Duration.ofMillis(250);

    private final ProbeSpec spec;
    private final Attempt attempt;
    private final ProbeThreads threads;
    private final Executor loop;
    private final Consumer<Optional<String>> listener;
    private volatile boolean cancelled;

    Probe(ProbeSpec spec, Attempt attempt, ProbeThreads threads, Executor loop, Consumer<Optional<String>> listener) {
        this.spec = spec;
        this.attempt = attempt;
        this.threads = threads;
        this.loop = loop;
        this.listener = listener;
    }

    void start() {
        threads.asking().execute(this::attempt);
    }

    /** No callback comes after this. */
    public void cancel() {
        cancelled = true;
    }

    private void attempt() {
        if (cancelled) {
            return;
        }
        if (threads.hangs(spec.check())) {
            loop.execute(() -> finished(Optional.of(attempt.describe("an earlier attempt hangs"))));
            return;
        }
        AtomicBoolean told = new AtomicBoolean();
        long limitNanos = spec.attemptTimeout().plus(GRACE).toNanos();
        Future<?> deadline = threads.deadlines().schedule(() -> late(told), limitNanos, TimeUnit.NANOSECONDS);
        Optional<String> failure = attempt.run();
        if (told.compareAndSet(false, true)) {
            deadline.cancel(false);
            loop.execute(() -> finished(failure));
        } else {
            threads.found(spec.check());
        }
    }

    /** On the thread of the deadlines; whoever is first tells. */
    private void late(AtomicBoolean told) {
        threads.lost(spec.check());
        if (told.compareAndSet(false, true)) {
            String text = "no answer within " + spec.attemptTimeout().toMillis() + " ms";
            loop.execute(() -> finished(Optional.of(attempt.describe(text))));
        } else {
            threads.found(spec.check()); // it came back just now
        }
    }

    private void finished(Optional<String> failure) {
        if (cancelled) {
            return;
        }
        listener.accept(failure);
        try {
            threads.asking().schedule(this::attempt, pauseNanos(), TimeUnit.NANOSECONDS);
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

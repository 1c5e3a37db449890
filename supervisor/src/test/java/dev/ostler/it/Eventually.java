package dev.ostler.it;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** Waits for a condition, never for a time. */
public final class Eventually {
    /** Generous: it is reached only when the condition never holds. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final long POLL_NANOS = 20_000_000;

    private Eventually() {}

    /** Returns as soon as {@code condition} is true; fails with {@code what} when it does not become true. */
    public static void until(String what, Callable<Boolean> condition) {
        value(what, () -> condition.call() ? Optional.of(true) : Optional.empty());
    }

    /** Returns the first value there is. */
    public static <T> T value(String what, Callable<Optional<T>> supplier) {
        return value(what, () -> "", supplier);
    }

    /** @param evidence of why there is none, asked for when the time is over */
    static <T> T value(String what, Supplier<String> evidence, Callable<Optional<T>> supplier) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Throwable last = null;
        while (System.nanoTime() < deadline) {
            try {
                Optional<T> value = supplier.call();
                if (value.isPresent()) {
                    return value.get();
                }
                last = null;
            } catch (Exception | AssertionError e) { // a command that fails for now
                last = e;
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
        throw new AssertionError(
                "did not happen within " + PATIENCE.toSeconds() + " s: " + what + evidence.get(), last);
    }
}

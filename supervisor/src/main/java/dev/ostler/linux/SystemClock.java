package dev.ostler.linux;

import dev.ostler.base.Clock;
import java.time.Instant;

/**
 * The real clocks. HotSpot's nanoTime is CLOCK_MONOTONIC on Linux, so values compare with those of C programs; a test holds
 * it to that. Any thread.
 */
public final class SystemClock implements Clock {
    @Override
    public long monotonicNanos() {
        return System.nanoTime();
    }

    @Override
    public Instant wall() {
        return Instant.now();
    }
}

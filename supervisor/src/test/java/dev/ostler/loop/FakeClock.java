package dev.ostler.loop;

import dev.ostler.base.Clock;
import java.time.Instant;

/** Time that stands still until a test moves it. */
final class FakeClock implements Clock {
    private long nanos = 1_000;

    void advance(long byNanos) {
        nanos += byNanos;
    }

    @Override
    public long monotonicNanos() {
        return nanos;
    }

    @Override
    public Instant wall() {
        return Instant.ofEpochSecond(0, nanos);
    }
}

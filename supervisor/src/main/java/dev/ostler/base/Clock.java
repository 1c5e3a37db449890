package dev.ostler.base;

import java.time.Instant;

/** The two clocks. Deadlines are monotonic; the wall clock is for people only. Any thread. */
public interface Clock {
    /** Nanoseconds of CLOCK_MONOTONIC; comparable with the keeper's and across processes of one boot. */
    long monotonicNanos();

    Instant wall();
}

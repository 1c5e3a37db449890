package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * The end of one run.
 *
 * @param status of the main process; empty when there never was one
 * @param ran from start to end of the main process
 * @param at wall time at which the supervisor learnt of it
 */
public record Exit(int run, ExitCause cause, Optional<ExitStatus> status, Duration ran, Instant at) {
    public Exit {
        Objects.requireNonNull(cause, "cause");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(ran, "ran");
        Objects.requireNonNull(at, "at");
    }

    /** Whether it ended by itself and had done its work. */
    boolean isSuccess() {
        return cause instanceof ExitCause.DeclaredSuccess || cause instanceof ExitCause.ExitCode && !cause.isFailure();
    }

    /** {@code exited 1 after 50 ms}, {@code killed by SIGKILL after 3.2 s (not requested)}. */
    public String describe() {
        return cause.describe(status, ran);
    }
}

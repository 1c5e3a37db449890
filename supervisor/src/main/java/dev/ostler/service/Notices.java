package dev.ostler.service;

import dev.ostler.base.Pid;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that a run has told of itself so far.
 *
 * @param ready it has said so; may come before the launch is known to have succeeded
 * @param reloading it is about to be ready again
 * @param stopping it is about to end by itself
 * @param status its latest line for people; empty = none
 * @param errno its latest reason of failure; 0 = none
 * @param watchdogPeriod its own, in place of the configured one
 * @param watchdogDueNanos CLOCK_MONOTONIC by which there must be a sign of life
 * @param mainPid whom it has named as its main process
 * @param reloads how often it has said that it reloads
 */
public record Notices(
        boolean ready,
        boolean reloading,
        boolean stopping,
        String status,
        int errno,
        Optional<Duration> watchdogPeriod,
        OptionalLong watchdogDueNanos,
        Optional<Pid> mainPid,
        int reloads) {
    public static final Notices NONE =
            new Notices(false, false, false, "", 0, Optional.empty(), OptionalLong.empty(), Optional.empty(), 0);

    public Notices {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(watchdogPeriod, "watchdogPeriod");
        Objects.requireNonNull(watchdogDueNanos, "watchdogDueNanos");
        Objects.requireNonNull(mainPid, "mainPid");
    }

    /** A message that says it is ready ends a reload, and one that says it reloads begins one. */
    Notices with(Notice notice) {
        return new Notices(
                ready || notice.ready(),
                notice.reloading() || reloading && !notice.ready(),
                stopping || notice.stopping(),
                notice.status().orElse(status),
                notice.errno().orElse(errno),
                notice.watchdogPeriod().or(() -> watchdogPeriod),
                watchdogDueNanos,
                notice.mainPid().or(() -> mainPid),
                notice.reloading() ? reloads + 1 : reloads);
    }

    /** Whether it has reloaded since it had said {@code earlier} times that it does. */
    public boolean hasReloaded(int earlier) {
        return reloads != earlier && !reloading;
    }

    Notices withWatchdogDue(OptionalLong nanos) {
        return nanos.equals(watchdogDueNanos)
                ? this
                : new Notices(ready, reloading, stopping, status, errno, watchdogPeriod, nanos, mainPid, reloads);
    }
}

package dev.ostler.service;

import dev.ostler.base.Pid;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What a service tells of itself in one message, sd_notify(3), as far as its state is concerned.
 *
 * @param ready it is up, or done with reloading
 * @param status one line for people
 * @param errno a reason of failure, errno(3)
 * @param watchdog a sign of life
 * @param watchdogPeriod how often there will be one from now on; zero = never again
 * @param extend how much longer it takes, from now on, with what is under way
 * @param mainPid who its main process is, as the host counts
 */
public record Notice(
        boolean ready,
        boolean reloading,
        boolean stopping,
        Optional<String> status,
        OptionalInt errno,
        Watchdog watchdog,
        Optional<Duration> watchdogPeriod,
        Optional<Duration> extend,
        Optional<Pid> mainPid) {
    /** Nothing, a sign of life, or that it wants to be ended and started anew. */
    public enum Watchdog {
        NONE,
        ALIVE,
        TRIGGER
    }

    /** That it is ready, and no more: what a line on a readiness descriptor says. */
    public static final Notice READY = new Notice(
            true,
            false,
            false,
            Optional.empty(),
            OptionalInt.empty(),
            Watchdog.NONE,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** That it wants to be ended and started anew, and no more. */
    static final Notice RESTART = new Notice(
            false,
            false,
            false,
            Optional.empty(),
            OptionalInt.empty(),
            Watchdog.TRIGGER,
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    public Notice {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(errno, "errno");
        Objects.requireNonNull(watchdog, "watchdog");
        Objects.requireNonNull(watchdogPeriod, "watchdogPeriod");
        Objects.requireNonNull(extend, "extend");
        Objects.requireNonNull(mainPid, "mainPid");
    }
}

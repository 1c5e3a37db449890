package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.spec.LifecycleSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What is certain beforehand about the end of a run: after which ends another run follows at once, whatever else happens
 * meanwhile. Pure.
 *
 * @param fromNanos CLOCK_MONOTONIC: an end before this is judged when it comes
 * @param codes exit codes of the main process
 * @param signals those that the main process may die of
 */
public record FreeRestart(long fromNanos, Set<Integer> codes, Set<Signal> signals) {
    private static final int HIGHEST_CODE = 255;
    private static final int HIGHEST_SIGNAL = 64;

    public FreeRestart {
        codes = Set.copyOf(codes);
        signals = Set.copyOf(signals);
    }

    /** Whether nothing has to be looked at, waited for or told between the end of one run of a service and the next. */
    public static boolean concerns(ServiceSpec spec) {
        boolean toldBySelf = spec.notifications().isPresent()
                || spec.ready()
                        .map(ReadySpec::proof)
                        .filter(ReadySpec.Told.class::isInstance)
                        .isPresent();
        boolean started = spec.activation().sockets().isEmpty()
                && !spec.activation().onDemand()
                && spec.activation().conditions().isEmpty();
        return spec.lifecycle().type() == LifecycleSpec.Type.SIMPLE
                && spec.lifecycle().hooks().isEmpty()
                && spec.dependsOn().isEmpty()
                && spec.process().directories().isEmpty()
                && spec.restart().freePorts().ports().isEmpty()
                && started
                && !toldBySelf;
    }

    /** Whether a run is up and nobody has asked for anything else. */
    public static boolean mayPrepare(ServiceStatus status) {
        return status.state() == ServiceState.READY
                && isWanted(status)
                && status.run().mainExit().isEmpty()
                && status.lastRun() == status.run().number();
    }

    /** Whether what was prepared may still be used: the run is up, or has ended by itself and is being cleaned up. */
    public static boolean mayKeep(ServiceStatus status) {
        boolean undisturbed = status.state() == ServiceState.READY || status.state() == ServiceState.CLEANING;
        return undisturbed && isWanted(status);
    }

    private static boolean isWanted(ServiceStatus status) {
        return status.wanted() == Wanted.UP
                && !status.startAgain()
                && status.hook().isEmpty();
    }

    /** From when on the run that is up has earned a restart without delay. */
    static long fromNanos(ServiceSpec spec, ServiceStatus status) {
        Duration stable = spec.restart().stableAfter();
        Duration needed = status.restarts().inARow() == 0 || stable.compareTo(RestartGovernor.WORKED) < 0
                ? RestartGovernor.WORKED
                : stable;
        return Moment.deadline(status.run().started().monotonicNanos(), needed);
    }

    /** The governor is asked about each end that there can be; empty when it restarts at once after none. */
    static Optional<FreeRestart> of(ServiceSpec spec, ServiceStatus status, RestartGovernor governor) {
        long from = fromNanos(spec, status);
        Duration ran = Duration.ofNanos(from - status.run().started().monotonicNanos());
        Set<Integer> codes = new HashSet<>();
        Set<Signal> signals = new HashSet<>();
        for (int code = 0; code <= HIGHEST_CODE; code++) {
            if (isFree(spec, status, governor, new Ended(ExitStatus.exited(code), ran, from))) {
                codes.add(code);
            }
        }
        for (int number = 1; number <= HIGHEST_SIGNAL; number++) {
            Signal signal = new Signal(number);
            if (isFree(spec, status, governor, new Ended(ExitStatus.killedBy(signal), ran, from))) {
                signals.add(signal);
            }
        }
        return codes.isEmpty() && signals.isEmpty()
                ? Optional.empty()
                : Optional.of(new FreeRestart(from, codes, signals));
    }

    /** The same ends, from then on. */
    FreeRestart from(long nanos) {
        return nanos == fromNanos ? this : new FreeRestart(nanos, codes, signals);
    }

    private record Ended(ExitStatus status, Duration ran, long atNanos) {}

    private static boolean isFree(ServiceSpec spec, ServiceStatus status, RestartGovernor governor, Ended ended) {
        ExitCause cause = ExitCause.unrequested(ended.status(), spec.restart().success());
        Exit exit = new Exit(status.run().number(), cause, Optional.of(ended.status()), ended.ran(), Instant.EPOCH);
        RestartGovernor.Decision decision =
                governor.decide(spec.restart(), status.restarts(), exit, ended.atNanos(), RestartBudget.UNLIMITED);
        return decision instanceof RestartGovernor.Decision.Restart restart
                && restart.delay().isZero();
    }
}

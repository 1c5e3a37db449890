package dev.ostler.service;

import dev.ostler.spec.HealthSpec;
import java.util.Optional;

/** How a service that is up is watched by its probe. Stateless; works on the draft of a step. */
final class HealthWatch {
    private HealthWatch() {}

    static void begin(Draft d) {
        d.health = Health.unknown(d.now);
        probe(d);
    }

    /** What is known of the health remains. */
    static Draft probe(Draft d) {
        d.spec.health()
                .ifPresent(
                        watched -> d.does(new Action.StartProbe(d.run.number(), ProbePurpose.HEALTH, watched.probe())));
        return d;
    }

    static Draft probed(Draft d, Optional<String> failure) {
        if (d.spec.health().isEmpty()) {
            return d.unchanged("the probe was taken out of the spec");
        }
        HealthSpec watched = d.spec.health().get();
        Health was = d.health;
        boolean early = was.state() == Health.State.UNKNOWN
                && d.now.monotonicNanos() < Moment.deadline(d.run.started().monotonicNanos(), watched.startPeriod());
        d.health = was.after(failure, !early, watched.probe(), d.now);
        if (failure
                .isEmpty()) { // a probe may be answered while the JVM stands still: what the watchdog waits for goes on
            return d.run.notices().watchdogDueNanos().isPresent() ? d : HeapDumps.over(d);
        }
        boolean fails = d.health.state() == Health.State.UNHEALTHY && was.state() != Health.State.UNHEALTHY;
        if (!fails || watched.action() != HealthSpec.Action.RESTART) {
            return d;
        }
        if (HeapDumps.defer(d, DumpWatch.Decision.UNHEALTHY)) {
            d.health = was.after(failure, false, watched.probe(), d.now);
            return d.run.dump().asked().isPresent() ? d : countAnew(d);
        }
        return end(d, failure.get());
    }

    /** What it failed to answer during a dump does not count. */
    static Draft countAnew(Draft d) {
        d.health = d.health.countedAnew();
        return d;
    }

    /** No dump explains why it does not answer: the latest failure counts. */
    static Draft unhealthyIndeed(Draft d) {
        if (d.spec.health().isEmpty() || d.health.lastFailure().isEmpty()) {
            return d.unchanged("the probe was taken out of the spec");
        }
        String failure = d.health.lastFailure().get().text();
        d.health =
                d.health.after(Optional.of(failure), true, d.spec.health().get().probe(), d.now);
        return d.health.state() == Health.State.UNHEALTHY ? end(d, failure) : d;
    }

    private static Draft end(Draft d, String failure) {
        int failures = d.health.failures();
        String why = "unhealthy, " + Health.failures(failures) + ": " + failure;
        return d.failStart(why).beginStop(new ExitCause.Unhealthy(failures, failure), why);
    }
}

package dev.ostler.service;

import dev.ostler.base.Located;
import dev.ostler.spec.NotifySpec;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/** What becomes of a service that is to give signs of life. Stateless; works on the draft of a step. */
final class WatchdogTimer {
    private WatchdogTimer() {}

    /** How often there must be one; empty: nobody waits for one. */
    private static Optional<Duration> period(Draft d) {
        if (d.run.notices().watchdogPeriod().isEmpty() && d.spec.notifications().isEmpty()) {
            return Optional.empty();
        }
        return d.run.notices()
                .watchdogPeriod()
                .or(() -> d.spec.notifications().flatMap(NotifySpec::watchdog).map(Located::value))
                .filter(period -> !period.isZero() && !d.run.notices().stopping());
    }

    /** From now on it has its whole time for the next one. */
    static Draft arm(Draft d) {
        Optional<Duration> period = period(d);
        return due(d, period.isEmpty() ? OptionalLong.empty() : OptionalLong.of(d.now.nanosAfter(period.get())));
    }

    private static Draft due(Draft d, OptionalLong nanos) {
        d.run = d.run.withNotices(d.run.notices().withWatchdogDue(nanos));
        return d;
    }

    static boolean isDue(Draft d) {
        OptionalLong due = d.run.notices().watchdogDueNanos();
        return due.isPresent() && due.getAsLong() <= d.now.monotonicNanos();
    }

    static Draft tooLate(Draft d) {
        return HeapDumps.defer(d, DumpWatch.Decision.NO_SIGN_OF_LIFE)
                ? due(d, OptionalLong.of(d.now.nanosAfter(HeapDumps.PAUSE)))
                : failed(d, period(d).orElse(Duration.ZERO));
    }

    /** No dump explains its silence. */
    static Draft tooLateIndeed(Draft d) {
        return failed(d, period(d).orElse(Duration.ZERO));
    }

    /** It has asked for it. */
    static Draft asksForRestart(Draft d) {
        return failed(d, Duration.ZERO);
    }

    private static Draft failed(Draft d, Duration silence) {
        ExitCause.Watchdog cause = new ExitCause.Watchdog(silence);
        String why = cause.describe(Optional.empty(), Duration.ZERO);
        return d.failStart(why).beginStop(cause, why);
    }
}

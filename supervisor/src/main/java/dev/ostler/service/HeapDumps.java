package dev.ostler.service;

import java.time.Duration;

/**
 * What waits while a JVM of the service writes a heap dump, as it stands still for that: the end of its time, and what follows
 * when it does not answer a probe or gives no sign of life. The kernel is asked when it comes to that, never before; a dump
 * that does not go on, or that takes longer than it may, puts nothing off. Stateless; works on the draft of a step.
 */
final class HeapDumps {
    /** Between two looks: a dump that is as large as before is not being written. */
    static final Duration PAUSE = Duration.ofSeconds(5);

    private HeapDumps() {}

    /** Whether a decision has to wait: for a look, or as a dump is being written. */
    static boolean defer(Draft d, DumpWatch.Decision what) {
        DumpWatch watch = d.run.dump();
        long now = d.now.monotonicNanos();
        boolean known = watch.asked().isPresent() || watch.isSeen();
        if (known && now < Moment.deadline(watch.lookedNanos(), PAUSE)) {
            return true;
        }
        Duration grace = d.spec.stop().heapDumpGrace();
        boolean tooLong = watch.hasBegun() && now >= Moment.deadline(watch.sinceNanos(), grace);
        if (grace.isZero() || tooLong || watch.asked().isPresent()) { // asked, and no answer in all this time
            over(d);
            return false;
        }
        d.run = d.run.withDump(watch.asking(what, d.now));
        d.does(new Action.LookForHeapDump(d.run.number()));
        return true;
    }

    /** There is none, or none that counts. */
    static Draft over(Draft d) {
        d.run = d.run.withDump(DumpWatch.NONE);
        return d;
    }

    static Draft looked(Draft d, Event.HeapDumpLooked event) {
        DumpWatch watch = d.run.dump();
        if (watch.asked().isEmpty()) {
            return d.unchanged("nobody waits for it any more");
        }
        DumpWatch.Decision what = watch.asked().get();
        if (event.dump().isEmpty() && watch.isSeen()) {
            d.run = d.run.withDump(watch.ended());
            return goOnAfter(d, what);
        }
        boolean goesOn = event.dump()
                .filter(dump ->
                        dump.bytes() == 0 || dump.bytes() != watch.bytes()) // empty: a full collection comes first
                .isPresent();
        if (!goesOn) {
            return decide(over(d), what);
        }
        Event.HeapDump dump = event.dump().get();
        d.run = d.run.withDump(watch.seen(dump.bytes(), d.now));
        if (what == DumpWatch.Decision.UNHEALTHY) {
            HealthWatch.countAnew(d);
        }
        return watch.hasBegun() ? d : d.does(new Action.Report(d.run.number(), "waiting for a heap dump: " + dump));
    }

    /** It could do nothing all that time: it gets some now. */
    private static Draft goOnAfter(Draft d, DumpWatch.Decision what) {
        return switch (what) {
            case TIME_OVER -> d.hook.isPresent() ? d.unchanged("a hook is run") : d.deadlineIn(PAUSE);
            case UNHEALTHY -> HealthWatch.countAnew(d);
            case NO_SIGN_OF_LIFE -> WatchdogTimer.arm(d);
        };
    }

    private static Draft decide(Draft d, DumpWatch.Decision what) {
        return switch (what) {
            case TIME_OVER -> timeOver(d);
            case UNHEALTHY -> HealthWatch.unhealthyIndeed(d);
            case NO_SIGN_OF_LIFE -> WatchdogTimer.tooLateIndeed(d);
        };
    }

    private static Draft timeOver(Draft d) {
        if (d.hook.isPresent()) {
            return d.unchanged("a hook is run, which has its own time");
        }
        return d.state == ServiceState.STARTED ? d.notReadyInTime() : d.climb();
    }
}

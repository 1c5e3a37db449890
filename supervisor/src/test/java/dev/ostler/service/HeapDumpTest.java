package dev.ostler.service;

import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec.Scope;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a heap dump that is being written puts off, and for how long. */
class HeapDumpTest {
    private static final Duration GRACE = Duration.ofMinutes(1);
    private static final Duration WAIT = Duration.ofSeconds(10);
    private static final Duration PAUSE = HeapDumps.PAUSE;

    private static Scenario.On running(Specs web) {
        return Scenario.of(web.heapDumpGrace(GRACE))
                .it()
                .start()
                .launched()
                .after(Duration.ofSeconds(1))
                .forgetActions();
    }

    private static Action look(Scenario.On web) {
        return new Action.LookForHeapDump(web.run());
    }

    private static Action report(Scenario.On web, long mebibytes) {
        return new Action.Report(web.run(), "waiting for a heap dump: java_pid7.hprof, " + mebibytes + " MiB so far");
    }

    private static Scenario.On writes(Scenario.On web, long mebibytes) {
        Event.HeapDump dump = new Event.HeapDump("java_pid7.hprof", mebibytes << 20);
        return web.event(new Event.HeapDumpLooked(web.run(), Optional.of(dump)));
    }

    private static Scenario.On writesNone(Scenario.On web) {
        return web.event(new Event.HeapDumpLooked(web.run(), Optional.empty()));
    }

    private static Scenario.On stopping() {
        Scenario.On web = running(service("web"));
        web.stop().does(web.signal(Signal.TERM, Scope.MAIN));
        return web.after(WAIT).does(look(web));
    }

    @Test
    void j8_aStopWhoseTimeIsOverGoesOnAtOnceWhenNoneIsWritten() {
        Scenario.On web = stopping();

        writesNone(web).does(web.killAll());
    }

    @Test
    void j8_aStopWaitsAsLongAsTheDumpGrows() {
        Scenario.On web = stopping();

        writes(web, 1).does(report(web, 1));
        web.after(PAUSE).does(look(web));
        writes(web, 2).does();
        web.after(PAUSE).does(look(web));
        writes(web, 2).does(web.killAll());
    }

    @Test
    void j8_afterTheDumpThereIsTimeToEnd() {
        Scenario.On web = stopping();

        writes(web, 1).forgetActions().after(PAUSE).does(look(web));
        writesNone(web).does().after(PAUSE).does(look(web));
        writesNone(web).does(web.killAll());
    }

    @Test
    void j8_itEndsByItselfWhenItsDumpIsWritten() {
        Scenario.On web = stopping();

        writes(web, 1).exits(143).is(ServiceState.DOWN);

        assertThat(web.status().lastExit().orElseThrow().cause())
                .isEqualTo(new ExitCause.RequestedStop(Requester.PERSON, false));
        assertThat(web.status().run().dump()).isEqualTo(DumpWatch.NONE);
    }

    @Test
    void j8_aDumpThatTakesLongerThanItMayPutsNothingOff() {
        Scenario.On web = stopping();
        long looks = GRACE.dividedBy(PAUSE);
        for (int i = 1; i <= looks; i++) {
            writes(web, i).forgetActions().after(PAUSE);
        }

        web.does(web.killAll());
    }

    @Test
    void j8_withoutAnAnswerTheStopGoesOn() {
        Scenario.On web = stopping();

        web.after(PAUSE).does(web.killAll());
        writes(web, 1).does();
    }

    @Test
    void j8_aStopAtOnceWaitsForNothing() {
        Scenario.On web = stopping();
        writes(web, 1).forgetActions();

        web.kill().does(web.killAll());
    }

    @Test
    void j8_aProjectThatGoesDownWithinTheOuterGraceWaitsForNothing() {
        Scenario all =
                Scenario.withOuterGrace(Duration.ofMinutes(10), service("web").heapDumpGrace(GRACE));
        Scenario.On web = all.it().start().launched().after(Duration.ofSeconds(1));
        all.shutDown(Haste.WITHIN_OUTER_GRACE);
        web.forgetActions();

        web.after(WAIT).does(web.killAll());
    }

    @Test
    void j8_aSupervisorThatTakesOverAsksAnew() {
        Scenario.On web = stopping();

        web.event(new Event.Resumed(true, false)).does(web.signal(Signal.TERM, Scope.MAIN));
        web.after(PAUSE).does(look(web));
        writes(web, 1)
                .does(report(web, 1))
                .event(new Event.Resumed(true, false))
                .forgetActions();
        web.after(PAUSE).does(look(web));
    }

    @Test
    void j8_aStartThatTakesTooLongWaitsToo() {
        Scenario.On web = Scenario.of(
                        service("web").readyWithin(Duration.ofSeconds(30)).heapDumpGrace(GRACE))
                .it()
                .start()
                .launched()
                .forgetActions();

        web.after(Duration.ofSeconds(30)).does(look(web)).is(STARTED);
        writes(web, 1).does(report(web, 1)).after(PAUSE).does(look(web));
        writesNone(web).is(STARTED).after(PAUSE).does(look(web));
        writesNone(web).is(STOPPING).because("not ready within 30 s");
    }

    @Test
    void j8_aProbeThatFailsDuringADumpEndsNothing() {
        Scenario.On web = running(service("web").health(2));
        web.healthy()
                .healthFails("timeout")
                .healthFails("timeout")
                .does(look(web))
                .healthIs(Health.State.HEALTHY);

        writes(web, 1).does(report(web, 1)).is(READY);
        web.healthFails("timeout").healthFails("timeout").does(); // looked at a moment ago
        web.after(PAUSE).healthFails("timeout").does(); // what failed during the dump does not count
        web.healthFails("timeout").does(look(web));
        writesNone(web).does().healthFails("timeout").is(READY).healthy();
        assertThat(web.status().run().dump()).isEqualTo(DumpWatch.NONE);

        web.healthFails("refused").does().healthFails("refused").does(look(web));
        writesNone(web).is(STOPPING).because("unhealthy, 2 failures in a row: refused");
    }

    @Test
    void j8_aDumpThatDoesNotGoOnIsNoExcuseForAProbe() {
        Scenario.On web = running(service("web").health(2));
        web.healthy().healthFails("timeout").healthFails("timeout").forgetActions();
        writes(web, 1)
                .after(PAUSE)
                .healthFails("timeout")
                .healthFails("timeout")
                .forgetActions();

        writes(web, 1).is(STOPPING).because("unhealthy, 2 failures in a row: timeout");
    }

    @Test
    void j8_aMissingSignOfLifeDuringADumpEndsNothing() {
        Scenario.On web = running(service("web").watchdog(Duration.ofSeconds(2)));

        web.after(Duration.ofSeconds(1)).does(look(web));
        writes(web, 1).does(report(web, 1)).after(PAUSE).does(look(web)).is(READY);
        writesNone(web).afterMillis(1_999).does().afterMillis(1).does(look(web));
        writesNone(web).is(STOPPING).because("no sign of life for 2 s");
    }

    @Test
    void whereNoneIsWaitedForNobodyLooks() {
        Scenario.On web = Scenario.of(service("web")).it().start().launched().after(WAIT);

        web.stop().forgetActions().after(WAIT).does(web.killAll());
    }
}

package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.PREPARING;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.ServiceState.WAITING;
import static dev.ostler.service.ServiceState.WINDING_UP;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.spec.HookSpec.Kind;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.StopSpec.Scope;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commands around a service. */
class HookTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static Scenario with(Kind... kinds) {
        return Scenario.of(service("web").hooks(kinds)).startAll();
    }

    private static Scenario upWith(Kind kind) {
        Scenario scenario = with(kind);
        scenario.it().launched().after(LONG).is(READY).forgetActions();
        return scenario;
    }

    private static Scenario.On begins(Scenario.On web) {
        int run = web.hook();
        return web.event(new Event.Spawned(run, new Pid(900 + run), "guard", 0, Instant.EPOCH))
                .event(new Event.LaunchSucceeded(run));
    }

    private static Scenario.On ends(Scenario.On web, int code) {
        return web.event(new Event.MainExited(web.hook(), ExitStatus.exited(code), 0, true));
    }

    @Test
    void preStartComesFirst() {
        Scenario.On web = with(Kind.PRE_START)
                .it()
                .is(PREPARING)
                .because("pre_start is at work")
                .startIsPending();
        web.does(new Action.SpawnHook(1, Kind.PRE_START, Map.of("OSTLER_SERVICE", "web", "OSTLER_HOOK", "pre_start")));

        ends(begins(web), 0).is(STARTING).does(new Action.Spawn(2));

        web.launched().after(LONG).is(READY).startIs(StartOutcome.Kind.UP, "running");
    }

    @Test
    void aPreStartThatFailsFailsTheStartAndIsTriedAgain() {
        Scenario.On web = with(Kind.PRE_START).it();

        ends(begins(web), 3).is(BACKOFF).startIs(StartOutcome.Kind.FAILED, "pre_start failed: exited 3");

        web.after(Duration.ofSeconds(1)).is(PREPARING);
        assertThat(web.hook()).isEqualTo(2);
    }

    @Test
    void aPreStartThatFailsIsFinalWithoutRestarts() {
        Scenario.On web = Scenario.of(service("web").hooks(Kind.PRE_START).restart(Policy.NEVER))
                .startAll()
                .it();

        ends(begins(web), 3).is(FAILED).because("pre_start failed: exited 3; restart policy is never");
    }

    @Test
    void aPreStartThatCannotBeLaunchedSaysWhy() {
        Scenario.On web = with(Kind.PRE_START).it();

        web.event(new Event.LaunchFailed(1, "no such program"))
                .is(BACKOFF)
                .startIs(StartOutcome.Kind.FAILED, "pre_start failed: no such program");
    }

    @Test
    void whatAHookLeavesBehindIsKilledBeforeTheProgramStarts() {
        Scenario.On web = begins(with(Kind.PRE_START).it()).forgetActions();

        web.event(new Event.MainExited(1, ExitStatus.exited(0), 0, false))
                .is(PREPARING)
                .does(new Action.KillAll(1));
        web.event(new Event.TreeGone(1)).is(STARTING);
    }

    @Test
    void aHookThatTakesTooLongIsKilledAgainAndAgainUntilItIsGone() {
        Scenario.On web = begins(with(Kind.PRE_START).it()).forgetActions();

        web.after(Duration.ofSeconds(30)).does(new Action.KillAll(1));
        web.after(Duration.ofSeconds(1)).does(new Action.KillAll(1));
        web.event(new Event.MainExited(1, ExitStatus.killedBy(Signal.KILL), 0, true))
                .is(BACKOFF)
                .startIs(StartOutcome.Kind.FAILED, "pre_start failed: did not end within 30 s");
    }

    @Test
    void s25_aStopDuringPreStartEndsItAtOnce() {
        Scenario.On web = begins(with(Kind.PRE_START).it()).forgetActions();

        web.stop().is(STOPPING).does(new Action.SendSignal(1, Signal.TERM, Scope.ALL));
        web.after(Hooks.GRACE).does(new Action.KillAll(1));
        web.event(new Event.MainExited(1, ExitStatus.killedBy(Signal.KILL), 0, true))
                .is(DOWN);
    }

    @Test
    void s25_aShutdownThatComesBeforeTheProcessOfAHookEndsIt() {
        Scenario scenario = with(Kind.PRE_START);
        scenario.shutDown(false);
        scenario.actions();

        scenario.it().is(STOPPING).event(new Event.Spawned(1, new Pid(9), "guard", 0, Instant.EPOCH));

        scenario.it().does(new Action.SendSignal(1, Signal.TERM, Scope.ALL));
        ends(scenario.it(), 0).is(DOWN);
    }

    @Test
    void postStartComesBeforeTheServiceCountsAsUp() {
        Scenario scenario = Scenario.of(
                        service("web").needs("db"),
                        service("db").hooks(Kind.POST_START).readyWithin(LONG))
                .startAll();
        Scenario.On db = scenario.on("db").launched().probeAnswers().is(STARTED).because("post_start is at work");

        scenario.on("web").is(WAITING);
        ends(begins(db), 0).is(READY).startIs(StartOutcome.Kind.UP, "ready");

        scenario.on("web").is(STARTING);
    }

    @Test
    void aPostStartThatFailsFailsTheStart() {
        Scenario.On web = with(Kind.POST_START).it().launched().is(STARTED);

        ends(begins(web).forgetActions(), 1)
                .is(STOPPING)
                .startIs(StartOutcome.Kind.FAILED, "post_start failed: exited 1")
                .does(new Action.CancelProbe(1), web.signal(Signal.TERM, Scope.MAIN));

        web.exits(143).is(BACKOFF);
    }

    @Test
    void whenTheProgramEndsDuringPostStartBothAreOverBeforeItIsRestarted() {
        Scenario.On web = begins(with(Kind.POST_START).it().launched());

        web.exits(1).is(CLEANING);
        ends(web, 143).is(BACKOFF).startIs(StartOutcome.Kind.FAILED, "exited 1 after 0 ms");
    }

    @Test
    void preStopComesBeforeTheLadder() {
        Scenario.On web = upWith(Kind.PRE_STOP).it().stop().is(STOPPING);
        web.does(new Action.SpawnHook(
                2,
                Kind.PRE_STOP,
                Map.of("OSTLER_SERVICE", "web", "OSTLER_HOOK", "pre_stop", "OSTLER_MAIN_PID", "1001")));

        ends(begins(web), 0)
                .does(web.signal(Signal.TERM, Scope.MAIN))
                .exits(143)
                .is(DOWN);
    }

    @Test
    void aPreStopThatFailsIsToldAndTheLadderFollows() {
        Scenario.On web = begins(upWith(Kind.PRE_STOP).it().stop()).forgetActions();

        ends(web, 5).does(new Action.Report(2, "pre_stop failed: exited 5"), web.signal(Signal.TERM, Scope.MAIN));
    }

    @Test
    void aPreStopWhoseProgramHasEndedIsEndedToo() {
        Scenario.On web = begins(upWith(Kind.PRE_STOP).it().stop()).forgetActions();

        web.exits(0).is(STOPPING).does(new Action.SendSignal(2, Signal.TERM, Scope.ALL));
        ends(web, 143).is(DOWN);
    }

    @Test
    void s25_aStopWithoutGraceSkipsPreStopAndKillsOneThatIsAtWork() {
        upWith(Kind.PRE_STOP).it().kill().does(new Action.KillAll(1));

        Scenario.On web = begins(upWith(Kind.PRE_STOP).it().stop()).forgetActions();
        web.kill().does(new Action.KillAll(2), new Action.KillAll(1));
    }

    @Test
    void postStopIsToldHowTheRunEndedAndTheRestartWaitsForIt() {
        Scenario.On web = upWith(Kind.POST_STOP).it().exits(3).is(WINDING_UP).because("exited 3 after 20 s");
        web.does(new Action.SpawnHook(
                2,
                Kind.POST_STOP,
                Map.of(
                        "OSTLER_SERVICE", "web",
                        "OSTLER_HOOK", "post_stop",
                        "OSTLER_EXIT_CAUSE", "exit-code",
                        "OSTLER_EXIT_CODE", "3",
                        "OSTLER_EXIT_TEXT", "exited 3 after 20 s",
                        "OSTLER_RAN_MS", "20000")));

        ends(begins(web), 0).is(STARTING);

        assertThat(web.run()).isEqualTo(3);
    }

    @Test
    void postStopFollowsAFailedLaunchAndAFailedPreStart() {
        with(Kind.POST_STOP).it().refused("no program").is(WINDING_UP);
        ends(begins(with(Kind.PRE_START, Kind.POST_STOP).it()), 1).is(WINDING_UP);
    }

    @Test
    void s10_aStopDuringPostStopIsDownWhenItIsOver() {
        Scenario.On web = begins(upWith(Kind.POST_STOP).it().exits(1));

        web.stop().is(WINDING_UP);
        ends(web, 0).is(DOWN).because("exited 1 after 20 s");
    }

    @Test
    void s10_aStartDuringPostStopStartsWhenItIsOver() {
        Scenario.On web = begins(upWith(Kind.POST_STOP).it().stop().exits(143).is(WINDING_UP));

        web.start();
        ends(web, 0).is(STARTING);
    }

    @Test
    void s27_aHookThatTheKeeperNeverHeardOfIsAskedForAgain() {
        Scenario.On web = with(Kind.PRE_START).it();
        Action first =
                new Action.SpawnHook(1, Kind.PRE_START, Map.of("OSTLER_SERVICE", "web", "OSTLER_HOOK", "pre_start"));
        web.does(first);

        web.event(new Event.Resumed(false, false)).is(PREPARING).does(first);
        web.event(new Event.Resumed(false, true)).does();
    }

    @Test
    void s27_whatAHookWasToldIsToldAgain() {
        Scenario.On web = begins(with(Kind.PRE_START).it()).stop().forgetActions();

        web.event(new Event.Resumed(false, true)).does(new Action.SendSignal(1, Signal.TERM, Scope.ALL));
        web.after(Hooks.GRACE)
                .forgetActions()
                .event(new Event.Resumed(false, true))
                .does(new Action.KillAll(1));
    }
}

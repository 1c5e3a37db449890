package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.TERM;
import static dev.ostler.service.Specs.TERM_ALL;
import static dev.ostler.service.Specs.WAIT_10_S;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.ProbeSpec;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.StopSpec;
import dev.ostler.spec.StopSpec.Scope;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ServiceMachineTest {
    private static final StartOutcome.Kind START_FAILED = StartOutcome.Kind.FAILED;

    private static Scenario.On running(Specs spec) {
        Scenario.On web = Scenario.of(spec).it().start().launched().after(Duration.ofSeconds(5));
        web.does(web.spawn());
        return web;
    }

    @Test
    void withoutProbeItIsUpWhenItHasLived250Ms() {
        Scenario.On web = Scenario.of(service("web")).it();

        web.start().is(STARTING).does(web.spawn());
        web.launched().is(READY).startIsPending();
        web.afterMillis(249).startIsPending();
        web.afterMillis(1).startIs(UP, "running");
    }

    @Test
    void withProbeItIsUpWhenTheProbeAnswers() {
        Scenario.On web =
                Scenario.of(service("web").readyWithin(Duration.ofSeconds(30))).it();

        web.start().launched().is(STARTED).startIsPending();
        web.afterMillis(29_999).probeAnswers().is(READY).startIs(UP, "ready");
    }

    @Test
    void notReadyInTimeIsStoppedByTheLadderAndRestartedWithBackoff() {
        Specs spec = service("web").readyWithin(Duration.ofSeconds(30));
        Scenario.On web = Scenario.of(spec).it().start().launched();
        ProbeSpec probe = spec.spec().ready().flatMap(ReadySpec::probe).orElseThrow();
        web.does(web.spawn(), new Action.StartProbe(1, ProbePurpose.READINESS, probe));

        web.after(Duration.ofSeconds(30)).is(STOPPING).startIs(START_FAILED, "not ready within 30 s");
        web.does(new Action.CancelProbe(1), web.signal(Signal.TERM, Scope.MAIN));
        web.exits(143).is(BACKOFF).because("not ready within 30 s; restart in 100 ms");
        web.afterMillis(100).is(STARTING);

        web.launched().after(Duration.ofSeconds(30)).exits(143).because("not ready within 30 s; restart in 200 ms");
    }

    @Test
    void launchRefusedIsToldAtOnceAndRetriedWithBackoff() {
        Scenario.On web = Scenario.of(service("web")).it().start();

        web.refused("execve \"/no\": ENOENT (No such file or directory)");

        web.is(BACKOFF).startIs(START_FAILED, "execve \"/no\": ENOENT (No such file or directory)");
        web.because("execve \"/no\": ENOENT (No such file or directory); restart in 100 ms");
    }

    @Test
    void launchRefusedAfterTheProcessCameToBeEndsWithItsExit() {
        Scenario.On web =
                Scenario.of(service("web").restart(Policy.NEVER)).it().start().spawned();
        web.does(web.spawn());

        web.refused("chdir \"/srv\": ENOENT (No such file or directory)")
                .is(STOPPING)
                .does(web.killAll());
        web.exits(127).is(FAILED);

        web.because("chdir \"/srv\": ENOENT (No such file or directory); restart policy is never");
        assertThat(web.status().lastExit().orElseThrow().cause().kind()).isEqualTo("launch");
    }

    @Test
    void stopTakesTheLadderStepByStepAndReturnsWhenNothingIsLeft() {
        Scenario.On web = running(service("web"));

        web.stop().is(STOPPING).does(web.signal(Signal.TERM, Scope.MAIN));
        web.afterMillis(9_999).does();
        assertThat(web.status().isOver(1)).isFalse();

        web.exits(143).is(DOWN).because("stopped as requested by a person (exited 143)");
        assertThat(web.status().isOver(1)).isTrue();
    }

    @Test
    void s8_leaderExitsAndAMemberIgnoresTermThenAllThatIsLeftIsKilled() {
        Scenario.On web = running(service("web").stop(TERM_ALL, WAIT_10_S));

        web.stop().does(web.signal(Signal.TERM, Scope.ALL));
        web.exitsLeavingOthers(0).is(STOPPING).does();
        web.after(Duration.ofSeconds(10)).is(STOPPING).does(web.killAll());
        web.event(new Event.Killed(1, 2)).is(STOPPING);
        web.othersGone().is(DOWN);

        web.because("stopped as requested by a person, but 2 processes needed SIGKILL (exited 0)");
        assertThat(web.status().lastExit().orElseThrow().cause().kind()).isEqualTo("stop-timeout");
    }

    @Test
    void whatTheMainProcessLeavesBehindGetsTheSignalThatOnlyTheMainProcessGot() {
        Scenario.On web = running(service("web").stop(TERM, WAIT_10_S));
        web.stop().does(web.signal(Signal.TERM, Scope.MAIN));

        web.exitsLeavingOthers(143).does(web.signal(Signal.TERM, Scope.ALL));

        web.othersGone().is(DOWN);
    }

    @Test
    void killIsRepeatedUntilNothingIsLeft() {
        Scenario.On web = running(service("web"));
        web.stop().after(Duration.ofSeconds(10)).does(web.signal(Signal.TERM, Scope.MAIN), web.killAll());

        web.after(Duration.ofSeconds(2)).is(STOPPING).does(web.killAll(), web.killAll());
    }

    @Test
    void s25_stopTwiceIsOneStopAndTheSecondMayGiveNoGrace() {
        Scenario.On web = running(service("web"));
        web.stop().stop().does(web.signal(Signal.TERM, Scope.MAIN));

        web.kill().does(web.killAll());

        web.diesBy(Signal.KILL).is(DOWN).because("killed as requested by a person (killed by SIGKILL)");
    }

    @Test
    void s25_stopBeforeThereIsAProcessSignalsItAsSoonAsThereIsOne() {
        Scenario.On web = Scenario.of(service("web")).it().start();
        web.does(web.spawn());

        web.stop().is(STOPPING).does();
        web.spawned().does(web.signal(Signal.TERM, Scope.MAIN));
        web.event(new Event.LaunchSucceeded(1)).is(STOPPING);
        web.diesBy(Signal.TERM).is(DOWN).startIs(START_FAILED, "stop requested by a person");
    }

    @Test
    void s25_stopOfALaunchThatIsRefusedIsDown() {
        Scenario.On web = Scenario.of(service("web")).it().start().stop();

        web.refused("clone3: EAGAIN (Resource temporarily unavailable)").is(DOWN);
    }

    @Test
    void s10_stopDuringBackoffIsDownAtOnce() {
        Scenario.On web =
                Scenario.of(service("web")).it().start().launched().exits(1).is(BACKOFF);

        web.stop().is(DOWN);

        web.after(Duration.ofMinutes(5)).is(DOWN);
        assertThat(web.run()).isEqualTo(1);
    }

    @Test
    void s10_startDuringBackoffDoesNotWaitAndForgetsTheFailures() {
        Scenario.On web =
                Scenario.of(service("web")).it().start().launched().exits(1).is(BACKOFF);

        web.start().is(STARTING).startIsPending();

        assertThat(web.status().restarts()).isEqualTo(RestartRecord.NONE);
    }

    @Test
    void s10_startDuringStopStartsAgainWhenNothingIsLeft() {
        Scenario.On web = running(service("web")).stop();
        web.does(web.signal(Signal.TERM, Scope.MAIN));

        web.start().is(STOPPING).startIsPending().does();
        web.exitsLeavingOthers(143).is(STOPPING);
        web.forgetActions();
        web.othersGone().is(STARTING).does(web.spawn());

        assertThat(web.run()).isEqualTo(2);
        assertThat(web.status().isOver(1)).isTrue();
    }

    @Test
    void s10_fiftyRestartsAtOnceAreOneRestart() {
        Scenario.On web = running(service("web"));

        for (int i = 0; i < 50; i++) {
            web.restart().startIsPending();
        }
        web.does(web.signal(Signal.TERM, Scope.MAIN));
        web.exits(143).launched().afterMillis(250);

        web.is(READY).startIs(UP, "running");
        assertThat(web.run()).isEqualTo(2);
    }

    @Test
    void s11_upDownUpAfterACrashIsUp() {
        Scenario.On web = running(service("web")).exits(1).launched();

        web.start().stop().start();
        web.exits(143).launched().afterMillis(250);

        web.is(READY).startIs(UP, "running");
        assertThat(web.status().wanted()).isEqualTo(Wanted.UP);
    }

    @Test
    void s12_exitWithin50MsOfTheFirstStartIsAFailureWithBackoff() {
        Scenario.On web = Scenario.of(service("web")).it().start().launched().afterMillis(50);

        web.exits(1).is(BACKOFF).startIs(START_FAILED, "exited 1 after 50 ms");

        web.because("exited 1 after 50 ms; restart in 100 ms");
        assertThat(web.status().restarts().automatic()).isEqualTo(1);
    }

    @Test
    void j22_failingFiveTimesInTheWindowGivesUpAndSaysHowOftenAndWhy() {
        Scenario.On web = Scenario.of(service("web").limit(5)).it().start();

        for (int i = 0; i < 5; i++) {
            web.launched()
                    .after(Duration.ofSeconds(2))
                    .exits(1)
                    .after(Duration.ofSeconds(2))
                    .is(STARTING);
        }
        web.launched().after(Duration.ofSeconds(2)).exits(1);

        web.is(FAILED).because("gave up after 5 restarts in 60 s; last: exited 1 after 2 s");
        web.after(Duration.ofHours(1)).is(FAILED);
        web.start().is(STARTING);
    }

    @Test
    void firstRestartOfAServiceThatHasWorkedHasNoDelay() {
        Scenario.On web = running(service("web"));

        web.diesBy(Signal.KILL).is(STARTING).does(web.spawn());

        assertThat(web.run()).isEqualTo(2);
        assertThat(web.status().lastExit().orElseThrow().describe())
                .isEqualTo("killed by SIGKILL after 5 s (not requested)");
    }

    @Test
    void mainExitWithLeftoversCleansUpBeforeTheRestart() {
        Scenario.On web = running(service("web"));

        web.exitsLeavingOthers(1).is(CLEANING).does(web.signal(Signal.TERM, Scope.ALL));
        web.after(Duration.ofSeconds(10)).is(CLEANING).does(web.killAll());
        web.othersGone().is(STARTING).does(web.spawn());

        assertThat(web.status().lastExit().orElseThrow().describe()).isEqualTo("exited 1 after 5 s");
    }

    @Test
    void stopWhileCleaningUpIsDownWhenNothingIsLeft() {
        Scenario.On web = running(service("web")).exitsLeavingOthers(1).is(CLEANING);

        web.stop().is(CLEANING).othersGone().is(DOWN).because("exited 1 after 5 s");
    }

    @Test
    void treeGoneMayComeBeforeTheExit() {
        Scenario.On web = running(service("web"));

        web.othersGone().is(READY).exitsLeavingOthers(1).is(STARTING);
    }

    @Test
    void exitZeroIsNoFailure() {
        Scenario.On job = Scenario.of(service("job")).it().start().launched().afterMillis(50);

        job.exits(0).is(FINISHED).startIs(UP, "exited 0 after 50 ms");
    }

    @Test
    void exitZeroIsRestartedByPolicyAlwaysAndNotInATightLoop() {
        Scenario.On web =
                Scenario.of(service("web").restart(Policy.ALWAYS)).it().start().launched();

        web.exits(0).is(BACKOFF).because("exited 0 after 0 ms; restart in 100 ms");
    }

    @Test
    void j1_s20_jvmThatExits143AfterARequestedStopIsClean() {
        Scenario.On jvm = running(service("jvm")).stop();

        jvm.afterMillis(800).exits(143).is(DOWN);

        ExitCause cause = jvm.status().lastExit().orElseThrow().cause();
        assertThat(cause).isEqualTo(new ExitCause.RequestedStop(Requester.PERSON, false));
        assertThat(cause.isFailure()).isFalse();
    }

    @Test
    void j2_jvmThatSomeoneElseStopsIsNotRestartedOnFailure() {
        Scenario.On jvm = running(service("jvm"));

        jvm.exits(143).is(FINISHED).because("stopped by someone else after 5 s (exited 143)");

        assertThat(jvm.status().wanted()).isEqualTo(Wanted.UP);
    }

    @Test
    void j2_jvmThatSomeoneElseStopsIsRestartedAlways() {
        running(service("jvm").restart(Policy.ALWAYS)).diesBy(Signal.TERM).is(STARTING);
    }

    @Test
    void stopOfAFailedServiceIsDown() {
        running(service("web").restart(Policy.NEVER)).exits(3).is(FAILED).stop().is(DOWN);
    }

    @Test
    void eventsOfAnOlderRunChangeNothing() {
        Scenario.On web = running(service("web")).exits(1).launched();
        ServiceStatus before = web.status();

        web.probeAnswers().event(new Event.TreeGone(1)).event(new Event.LaunchFailed(1, "late"));

        assertThat(web.status()).isEqualTo(before);
    }

    @Test
    void aRunThatNobodyAskedForIsAFaultOfTheCaller() {
        Scenario.On web = running(service("web"));

        assertThatThrownBy(() -> web.event(new Event.LaunchSucceeded(7)))
                .isInstanceOf(UnexpectedEventException.class)
                .hasMessage("unexpected LaunchSucceeded of \"web\" in state ready of run 1");
    }

    @Test
    void resumedInTheMiddleOfALaunchThatTheKeeperNeverGotLaunchesItAgain() {
        Scenario.On web = Scenario.of(service("web")).it().start();
        web.forgetActions();

        web.event(new Event.Resumed(false, false)).is(STARTING).does(new Action.Spawn(1));
    }

    @Test
    void resumedWhileRunningChangesNothing() {
        Scenario.On web = running(service("web"));
        ServiceStatus before = web.status();

        web.event(new Event.Resumed(true, false))
                .event(new Event.Spawned(
                        1, new Pid(1001), "guard", 1, before.since().wall()))
                .event(new Event.LaunchSucceeded(1));

        assertThat(web.status()).isEqualTo(before);
    }

    @Test
    void resumedBeforeReadyProbesAgainForTheFullTime() {
        Scenario.On web = Scenario.of(service("web").readyWithin(Duration.ofSeconds(30)))
                .it()
                .start()
                .launched()
                .after(Duration.ofSeconds(29));

        web.event(new Event.Resumed(true, false))
                .after(Duration.ofSeconds(29))
                .is(STARTED)
                .probeAnswers()
                .is(READY);
    }

    @Test
    void resumedWhileStoppingRepeatsTheSignalThatMayNotHaveBeenSent() {
        Scenario.On web = running(service("web")).stop();
        web.forgetActions();

        web.event(new Event.Resumed(true, false)).does(web.signal(Signal.TERM, Scope.MAIN));
    }

    @Test
    void resumedUnderAnotherKeeperTheRunIsLostAndRestarted() {
        Scenario.On web = running(service("web"));

        web.event(new Event.Resumed(false, false)).is(STARTING);

        assertThat(web.status().lastExit().orElseThrow().cause()).isEqualTo(new ExitCause.Lost());
    }

    @Test
    void aRunThatNoStatusTellsAboutIsFoundByItsReplayedEvents() {
        Scenario scenario = Scenario.of(service("web").readyWithin(Duration.ofSeconds(30)));
        scenario.project.restore(ServiceStatus.found(scenario.it().status().name(), 4, scenario.now()));

        scenario.it()
                .event(new Event.Resumed(true, false))
                .launched()
                .is(STARTED)
                .probeAnswers()
                .is(READY);

        assertThat(scenario.it().run()).isEqualTo(4);
    }

    @Test
    void transitionsAreOneLogLineEach() {
        Scenario.On web = Scenario.of(service("web")).it();
        Transition transition =
                new Transition(web.status().name(), READY, BACKOFF, "exited 1 after 3.2 s", Optional.empty());

        assertThat(transition).hasToString("service=web from=ready to=backoff reason=\"exited 1 after 3.2 s\"");
    }

    private static final Duration S10 = Duration.ofSeconds(10);

    /** Ready, and asked whether it is healthy. */
    private static Scenario.On watched(Specs spec) {
        Scenario.On web = Scenario.of(spec).it().start().launched().after(Duration.ofSeconds(5));
        return web.is(READY).forgetActions();
    }

    @Test
    void healthIsUnknownUntilItIsAskedAndAskedOnlyOnceReady() {
        Specs spec = service("web").readyWithin(S10, 2).health(2);
        Scenario.On web = Scenario.of(spec).it().start().launched();
        web.forgetActions();

        web.healthFails("too early").healthFails("too early").is(STARTED);
        web.probeAnswers()
                .is(STARTED)
                .probeFails("503")
                .is(STARTED)
                .probeAnswers()
                .is(STARTED);
        web.probeAnswers().is(READY).healthIs(Health.State.UNKNOWN);

        ProbeSpec health = spec.spec().health().orElseThrow().probe();
        web.does(new Action.CancelProbe(1), new Action.StartProbe(1, ProbePurpose.HEALTH, health));
        web.healthy().healthIs(Health.State.HEALTHY).does();
    }

    @Test
    void s22_unhealthyIsStoppedOnceByTheLadderWithADumpBeforeAndRestarted() {
        HealthSpec.Dump dump =
                new HealthSpec.Dump(new StopSpec.Step.Send(Signal.QUIT, Scope.MAIN), Duration.ofSeconds(5));
        Scenario.On web = watched(service("web").health(2, dump)).healthy();

        web.healthFails("503").is(READY).healthFails("503").is(STOPPING);
        web.does(new Action.CancelProbe(1), web.signal(Signal.QUIT, Scope.MAIN));
        web.healthFails("503").healthFails("503").does();
        web.after(Duration.ofSeconds(5)).does(web.signal(Signal.TERM, Scope.MAIN));
        web.after(S10).does(web.killAll());
        web.diesBy(Signal.KILL).is(STARTING).does(web.spawn());

        Exit exit = web.status().lastExit().orElseThrow();
        assertThat(exit.cause()).isEqualTo(new ExitCause.Unhealthy(2, "503"));
        assertThat(exit.describe()).isEqualTo("unhealthy after 20 s, 2 failures in a row: 503");
        assertThat(web.status().restarts().automatic()).isEqualTo(1);
        web.healthIs(Health.State.UNKNOWN);
    }

    @Test
    void s22_aDumpThatEndsTheMainProcessIsNotWaitedForAndItsLeftoversAreStopped() {
        HealthSpec.Dump dump =
                new HealthSpec.Dump(new StopSpec.Step.Send(Signal.QUIT, Scope.MAIN), Duration.ofSeconds(5));
        Scenario.On web = watched(service("web").health(1, dump)).healthFails("503");
        web.does(new Action.CancelProbe(1), web.signal(Signal.QUIT, Scope.MAIN));

        web.exitsLeavingOthers(131).does(web.signal(Signal.TERM, Scope.ALL));
        web.othersGone().is(STARTING);
    }

    @Test
    void aRequestedStopTakesNoDump() {
        HealthSpec.Dump dump =
                new HealthSpec.Dump(new StopSpec.Step.Send(Signal.QUIT, Scope.MAIN), Duration.ofSeconds(5));
        Scenario.On web = watched(service("web").health(1, dump));

        web.stop().does(new Action.CancelProbe(1), web.signal(Signal.TERM, Scope.MAIN));
    }

    @Test
    void unhealthyFollowsTheRestartPolicy() {
        Scenario.On web = watched(service("web").restart(Policy.NEVER).health(1));

        web.healthFails("503").exits(143).is(FAILED);

        web.because("unhealthy after 5 s, 1 failure: 503; restart policy is never");
    }

    @Test
    void withoutActionItIsOnlyShown() {
        Scenario.On web = watched(service("web").health(2, Duration.ZERO, HealthSpec.Action.NONE));

        web.healthFails("a").healthFails("b").healthFails("c").is(READY).healthIs(Health.State.UNHEALTHY);
        assertThat(web.status().health().lastFailure().orElseThrow().text()).isEqualTo("c");
        web.healthy().healthIs(Health.State.HEALTHY).does();
    }

    @Test
    void j23_failuresOfTheStartPeriodDoNotCountUntilTheFirstSuccess() {
        Specs spec = service("web").health(1, Duration.ofMinutes(5), HealthSpec.Action.RESTART);
        Scenario.On slow = watched(spec);
        slow.healthFails("index repair")
                .after(Duration.ofMinutes(4))
                .healthFails("index repair")
                .is(READY);
        slow.healthIs(Health.State.UNKNOWN)
                .after(Duration.ofMinutes(1))
                .healthFails("index repair")
                .is(STOPPING);

        watched(spec).healthFails("index repair").healthy().healthFails("hangs").is(STOPPING);
    }

    @Test
    void s27_theNextSupervisorAsksOnWithWhatTheLastOneKnew() {
        Specs spec = service("web").health(2);
        Scenario.On web = watched(spec).healthy().healthFails("503");
        web.forgetActions();

        web.event(new Event.Resumed(true, false)).healthIs(Health.State.HEALTHY);
        ProbeSpec health = spec.spec().health().orElseThrow().probe();
        web.does(new Action.StartProbe(1, ProbePurpose.HEALTH, health));
        web.healthFails("503").is(STOPPING);
    }
}

package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.FAILED;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A daemon that its program leaves behind, and a main process that the service names. */
class MainProcessTest {
    private static final Duration S30 = Duration.ofSeconds(30);
    private static final Pid DAEMON = new Pid(4711);

    private static Scenario.On launched(Specs web) {
        return Scenario.of(web).it().start().launched().forgetActions();
    }

    private static Scenario.On found(Scenario.On web) {
        return web.event(new Event.MainChanged(web.run(), DAEMON));
    }

    private static Scenario.On names(Scenario.On web, Pid main) {
        return web.event(new Event.Notified(web.run(), Told.mainPid(main)));
    }

    @Test
    void s30_itIsUpOnceTheDaemonIsKnown() {
        Scenario.On web = launched(service("web").forking());

        web.is(STARTED).because("waiting for its program to leave a daemon behind");
        web.exitsLeavingOthers(0).is(STARTED).startIsPending().does(new Action.FindMain(1));
        found(web).is(READY).afterMillis(300).startIs(UP, "running");

        assertThat(web.status().run().pid()).contains(DAEMON);
        assertThat(web.status().run().mainExit()).isEmpty();
    }

    @Test
    void s30_theDaemonHasItsTimeBeforeItCountsAsStarted() {
        Scenario.On web = launched(service("web").forking()).afterMillis(5000);

        found(web.exitsLeavingOthers(0)).afterMillis(100).startIsPending();
        web.exits(3).is(STARTING).startIs(FAILED, "exited 3 after 5.1 s");
    }

    @Test
    void s30_readinessIsAskedForWhenTheDaemonIsThere() {
        Scenario.On web = launched(service("web").forking().readyWithin(S30));

        web.does().exitsLeavingOthers(0);
        web.probeAnswers().is(STARTED); // nobody has asked
        found(web).is(STARTED).startIsPending();
        web.probeAnswers().is(READY).startIs(UP, "ready");
    }

    @Test
    void s30_aProgramThatFailsIsAFailureAndWhatItLeftIsEnded() {
        Scenario.On web = launched(service("web").forking());

        web.exitsLeavingOthers(2)
                .is(CLEANING)
                .does(new Action.CancelProbe(1), web.signal(Signal.TERM, StopSpec.Scope.ALL));
        web.othersGone().is(BACKOFF).startIs(FAILED, "exited 2 after 0 ms");
    }

    @Test
    void s30_aProgramThatLeavesNothingBehindIsAFailure() {
        launched(service("web").forking())
                .exits(0)
                .is(BACKOFF)
                .startIs(
                        FAILED,
                        "its program has ended and no daemon is left (waiting for its program to leave a daemon behind)");
    }

    @Test
    void s30_aDaemonThatEndsBeforeItIsKnownIsAFailureThatSaysWhatWasWaitedFor() {
        Scenario.On web = launched(service("web").forking()).exitsLeavingOthers(0);

        web.event(new Event.MainAwaited(1, "\"/run/web.pid\" is empty"))
                .is(STARTED)
                .because("\"/run/web.pid\" is empty");
        web.othersGone()
                .is(BACKOFF)
                .startIs(FAILED, "its program has ended and no daemon is left (\"/run/web.pid\" is empty)");
    }

    @Test
    void s30_aDaemonThatIsNotKnownInTimeIsAFailureAndAllOfItIsEnded() {
        Scenario.On web = launched(service("web").forking()).exitsLeavingOthers(0);

        web.event(new Event.MainAwaited(1, "\"/run/web.pid\" is not there"))
                .forgetActions()
                .after(S30)
                .is(STOPPING)
                .startIs(FAILED, "no daemon within 30 s (\"/run/web.pid\" is not there)")
                .does(new Action.CancelProbe(1), web.signal(Signal.TERM, StopSpec.Scope.ALL));
        web.othersGone().is(BACKOFF);
    }

    @Test
    void s30_aProgramThatDoesNotEndIsNotWaitedForLonger() {
        launched(service("web").forking())
                .after(S30)
                .is(STOPPING)
                .startIs(FAILED, "no daemon within 30 s (waiting for its program to leave a daemon behind)");
    }

    @Test
    void s30_theEndOfTheDaemonIsThatOfTheRun() {
        Scenario.On web = found(launched(service("web").forking()).exitsLeavingOthers(0));

        web.afterMillis(3000)
                .event(new Event.MainExited(1, ExitStatus.killedBy(new Signal(11)), web.nowNanos(), true))
                .is(STARTING);
        assertThat(web.status().lastExit().orElseThrow().describe()).startsWith("killed by SIGSEGV after 3 s");
    }

    @Test
    void s27_s30_theNextSupervisorLooksForTheDaemonAgain() {
        Scenario.On web =
                launched(service("web").forking()).exitsLeavingOthers(0).forgetActions();

        web.after(Duration.ofSeconds(20))
                .event(new Event.Resumed(true, true))
                .is(STARTED)
                .does(new Action.FindMain(1));
        web.after(Duration.ofSeconds(29)).is(STARTED);
        found(web).is(READY);
    }

    @Test
    void s30_whoNeedsItStartedWaitsForTheDaemon() {
        Scenario both = Scenario.of(service("db").forking(), service("web").needs("db", Dependency.Condition.STARTED));
        Scenario.On db = both.on("db");
        both.startAll();

        db.launched().exitsLeavingOthers(0);
        both.on("web").is(ServiceState.WAITING);
        found(db);
        both.on("web").is(STARTING);
    }

    @Test
    void s30_oneThatIsConfiguredOtherwiseMeanwhileIsEndedAsItWasLaunched() {
        Scenario world = Scenario.of(service("web").forking());
        Scenario.On web =
                found(world.it().start().launched().exitsLeavingOthers(0)).forgetActions();
        Specs before = service("web").forking().stop(new StopSpec.Step.Send(Signal.INT, StopSpec.Scope.MAIN));

        world.project.endAs(before.spec(), 1);
        web.stop();
        assertThat(world.actions()).contains(web.signal(Signal.INT, StopSpec.Scope.MAIN));
    }

    @Test
    void s33_whomTheServiceNamesIsFollowed() {
        Scenario.On web = launched(service("web"));

        names(web, DAEMON).is(READY).does(new Action.FollowMain(1, DAEMON));
        found(web).is(READY);
        assertThat(web.status().run().pid()).contains(DAEMON);
    }

    @Test
    void s33_whoTakesItsPlaceDuringAStopGetsTheSignalToo() {
        Scenario.On web = names(launched(service("web").stop(Specs.TERM, Specs.WAIT_10_S)), DAEMON)
                .forgetActions()
                .stop();
        web.does(web.signal(Signal.TERM, StopSpec.Scope.MAIN));

        found(web).is(STOPPING).does(web.signal(Signal.TERM, StopSpec.Scope.MAIN));
        web.afterMillis(350).exits(0).is(ServiceState.DOWN);
        assertThat(web.status().lastExit().orElseThrow().cause()).isInstanceOf(ExitCause.RequestedStop.class);
    }

    @Test
    void s33_whoWasSignalledWithAllTheOthersIsNotSignalledTwice() {
        Scenario.On web = launched(service("web").forking().stop(Specs.TERM, Specs.WAIT_10_S))
                .exitsLeavingOthers(0)
                .forgetActions()
                .stop();
        web.does(new Action.CancelProbe(1), web.signal(Signal.TERM, StopSpec.Scope.ALL));

        found(web).is(STOPPING).does();
    }

    @Test
    void s27_s33_whoIsTheMainProcessAlreadyIsNotSignalledAgainByTheNextSupervisor() {
        Scenario.On web = names(launched(service("web").stop(Specs.TERM, Specs.WAIT_10_S)), DAEMON);
        found(web).stop().exitsLeavingOthers(0).forgetActions();

        found(web).is(STOPPING).does();
        assertThat(web.status().run().mainExit()).isPresent();
    }

    @Test
    void s33_theMainProcessMayNameItself() {
        Scenario.On web = launched(service("web"));

        names(web, web.status().run().pid().orElseThrow()).is(READY).does();
    }

    @Test
    void s27_s33_whomTheServiceHasNamedIsNotForgotten() {
        Scenario.On web = names(launched(service("web")), DAEMON).forgetActions();

        web.event(new Event.Resumed(true, true)).is(READY).does(new Action.FollowMain(1, DAEMON));
    }
}

package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.DEPENDENCY_FAILED;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.ServiceState.WAITING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency.Condition;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProjectTest {
    private static final Duration THIRTY_SECONDS = Duration.ofSeconds(30);

    private static Specs db() {
        return service("db").readyWithin(THIRTY_SECONDS);
    }

    private static Scenario webAndDb() {
        return Scenario.of(service("web").needs("db"), db());
    }

    private static Scenario bothUp() {
        Scenario scenario = webAndDb().startAll();
        scenario.on("db").launched().probeAnswers();
        scenario.on("web").launched().after(Duration.ofSeconds(5)).is(READY);
        return scenario;
    }

    @Test
    void aServiceStartsWhenItsDependencyIsReady() {
        Scenario scenario = webAndDb();

        scenario.on("web").start().is(WAITING).because("waiting for \"db\" to be ready");
        scenario.on("db").is(STARTING).launched().is(STARTED);
        scenario.on("web").is(WAITING);
        scenario.on("db").probeAnswers();

        scenario.on("web").is(STARTING);
    }

    @Test
    void startedSufficesWhereStartedIsAskedFor() {
        Scenario scenario =
                Scenario.of(service("web").needs("db", Condition.STARTED), db()).startAll();

        scenario.on("db").launched().is(STARTED);

        scenario.on("web").is(STARTING);
    }

    @Test
    void aJobThatHasDoneItsWorkWasStarted() {
        Scenario scenario = Scenario.of(service("web").needs("job", Condition.STARTED), service("job"));
        scenario.on("job").start().launched().exits(0).is(FINISHED);

        scenario.startAll();
        scenario.on("job").launched();

        scenario.on("web").is(STARTING);
    }

    @Test
    void s10_stopWhileWaitingForADependencyIsDownAtOnce() {
        Scenario scenario = webAndDb().startAll();

        scenario.on("web").is(WAITING).stop().is(DOWN);
        scenario.on("db").launched().probeAnswers();

        scenario.on("web").is(DOWN).startIs(StartOutcome.Kind.FAILED, "stop requested by a person");
    }

    @Test
    void s10_restartWhileWaitingForADependencyStartsOnce() {
        Scenario scenario = webAndDb().startAll();

        scenario.on("web").restart().is(WAITING);
        scenario.on("db").launched().probeAnswers();
        scenario.on("web").launched().afterMillis(250).is(READY);

        assertThat(scenario.on("web").run()).isEqualTo(1);
    }

    @Test
    void whoStartsAServiceIsToldOfADependencyThatFailedAndIsTriedAgain() {
        Scenario scenario =
                Scenario.of(service("top").needs("web"), service("web").needs("db"), db());

        scenario.on("top").start();
        scenario.on("db").launched().exits(1).is(BACKOFF);

        scenario.on("web")
                .is(WAITING)
                .startIs(
                        StartOutcome.Kind.FAILED,
                        "dependency \"db\" is not up yet: exited 1 after 0 ms; restart in 100 ms");
        scenario.on("top")
                .is(WAITING)
                .startIs(StartOutcome.Kind.FAILED, "dependency \"web\" is not up yet: waiting for \"db\" to be ready");
        scenario.on("web")
                .start()
                .startIs(
                        StartOutcome.Kind.FAILED,
                        "dependency \"db\" is not up yet: exited 1 after 0 ms; restart in 100 ms");

        scenario.on("db").after(Duration.ofSeconds(1));
        scenario.on("db").launched().probeAnswers();
        scenario.on("web").is(STARTING);
    }

    @Test
    void s14_crashingDependencyIsLimitedAndItsDependentIsNotStarted() {
        Scenario scenario = Scenario.of(service("web").needs("db").restart(Policy.ALWAYS), db().limit(2))
                .startAll();
        Scenario.On db = scenario.on("db");

        db.launched().exits(1).after(Duration.ofSeconds(1));
        db.launched().exits(1).after(Duration.ofSeconds(1));
        scenario.on("web").is(WAITING);
        db.launched().exits(1).is(FAILED);

        scenario.on("web")
                .is(DEPENDENCY_FAILED)
                .because("dependency \"db\" failed: gave up after 2 restarts in 60 s; last: exited 1 after 0 ms");
        assertThat(scenario.on("web").run()).isZero();
    }

    @Test
    void s15_lateDependentWaitsForThePresentStateOfAFlappingDependency() {
        Scenario scenario = webAndDb();
        Scenario.On db = scenario.on("db").start().launched().probeAnswers().is(READY);
        db.exits(1).is(BACKOFF);

        scenario.on("web").start().is(WAITING);
        db.afterMillis(100).launched().is(STARTED);
        scenario.on("web").is(WAITING);
        db.probeAnswers();

        scenario.on("web").is(STARTING);
    }

    @Test
    void s16_dependentsOfAServiceThatCannotBeReadyAreSkippedAtOnceWithTheReason() {
        Scenario scenario = Scenario.of(
                        service("web").needs("app"), service("app").needs("db"), db().restart(Policy.NEVER))
                .startAll();

        scenario.on("db").launched().afterMillis(50).exits(1).is(FAILED);

        String why = "dependency \"db\" failed: exited 1 after 50 ms; restart policy is never";
        scenario.on("app").is(DEPENDENCY_FAILED).startIs(StartOutcome.Kind.FAILED, why);
        scenario.on("web")
                .is(DEPENDENCY_FAILED)
                .startIs(StartOutcome.Kind.FAILED, "dependency \"app\" was not started: " + why);
    }

    @Test
    void s16_skippedDependentsAreTriedAgainWhenAPersonStartsTheDependency() {
        Scenario scenario = Scenario.of(service("web").needs("db"), db().restart(Policy.NEVER))
                .startAll();
        scenario.on("db").launched().exits(1);
        scenario.on("web").is(DEPENDENCY_FAILED);

        scenario.on("db").start();
        scenario.on("web").is(WAITING);
        scenario.on("db").launched().probeAnswers();

        scenario.on("web").is(STARTING);
    }

    @Test
    void whatRunsGoesOnWithoutItsDependency() {
        Scenario scenario = bothUp();

        scenario.on("db").stop().exits(143).is(DOWN);

        scenario.on("web").is(READY);
    }

    @Test
    void anAutomaticRestartWaitsForTheDependencyToo() {
        Scenario scenario = bothUp();
        scenario.on("db").exits(1).is(STARTING);

        scenario.on("web").exits(1).is(WAITING);
        scenario.on("db").launched().probeAnswers();

        scenario.on("web").is(STARTING);
    }

    @Test
    void startOfARunningServiceLeavesItsDependenciesAlone() {
        Scenario scenario = bothUp();
        scenario.on("db").stop().exits(143).is(DOWN);

        scenario.on("web").start().is(READY).startIs(StartOutcome.Kind.UP, "running");

        scenario.on("db").is(DOWN);
    }

    @Test
    void downStopsAServiceOnlyWhenAllThatNeedItAreDown() {
        Scenario scenario = bothUp().shutDown(false);

        scenario.on("web").is(STOPPING);
        scenario.on("db").is(READY);
        scenario.on("web").exits(143).is(DOWN);
        scenario.on("db").is(STOPPING).exits(143).is(DOWN);

        assertThat(scenario.project.isAllDown()).isTrue();
    }

    @Test
    void downHoldsTheOrderThroughServicesThatAreDownAlready() {
        Scenario scenario =
                Scenario.of(service("web").needs("app"), service("app").needs("db"), service("db"));
        scenario.on("web").start();
        scenario.on("db").launched();
        scenario.on("app").launched();
        scenario.on("web").launched();
        scenario.on("app").stop().exits(143).is(DOWN);

        scenario.shutDown(false);

        scenario.on("db").is(READY);
        scenario.on("web").is(STOPPING).exits(143);
        scenario.on("db").is(STOPPING);
    }

    @Test
    void whatFailsWhileAllGoesDownIsNotRestarted() {
        Scenario scenario = bothUp().shutDown(false);

        scenario.on("db").exits(1).is(DOWN).because("exited 1 after 5 s");
    }

    @Test
    void s25_downDuringStartUpBeginsAtOnce() {
        Scenario scenario = webAndDb().startAll().shutDown(false);

        scenario.on("web").is(DOWN);
        scenario.on("db").is(STOPPING).spawned().exits(143).is(DOWN);
    }

    @Test
    void s25_secondDownKillsAllAtOnce() {
        Scenario scenario = bothUp().shutDown(false);
        scenario.actions();

        scenario.shutDown(true);

        assertThat(scenario.actions()).containsExactly(new Action.KillAll(1), new Action.KillAll(1));
        scenario.on("web").is(STOPPING);
        scenario.on("db").is(STOPPING);
    }

    @Test
    void nothingIsStartedWhileAllGoesDown() {
        Scenario scenario = bothUp().shutDown(false);

        assertThatThrownBy(() -> scenario.on("web").start())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("cannot start \"web\": the project is going down");
    }

    @Test
    void withAnotherConfigurationWhatStaysKeepsItsStatusAndWhatIsNewIsDown() {
        Scenario scenario = bothUp();
        ServiceStatus before = scenario.on("web").status();

        scenario.took(scenario.project.reconfigure(
                Specs.project(service("new"), service("web").needs("db"), db()), scenario.now()));

        assertThat(scenario.on("web").status()).isEqualTo(before);
        scenario.on("new").is(DOWN).start().is(STARTING);
        assertThat(scenario.project.graph().startOrder()).hasSize(3);
    }

    @Test
    void whatWaitsLooksAtItsNewDependencies() {
        Scenario scenario = webAndDb().startAll();

        scenario.on("web").is(WAITING);
        scenario.took(scenario.project.reconfigure(Specs.project(service("web"), db()), scenario.now()));

        scenario.on("web").is(STARTING);
    }

    @Test
    void aRunThatAChangeReplacesIsEndedAsItWasLaunched() {
        Specs before = service("web").stop(new StopSpec.Step.Send(Signal.INT, StopSpec.Scope.MAIN));
        Specs after = service("web").stop(new StopSpec.Step.Send(Signal.QUIT, StopSpec.Scope.MAIN));
        Scenario scenario = Scenario.of(before);
        Scenario.On web = scenario.it().start().launched().forgetActions();

        scenario.project.endAs(before.spec(), web.run());
        scenario.took(scenario.project.reconfigure(Specs.project(after), scenario.now()));
        scenario.took(scenario.project.restart(List.of(web.status().name()), scenario.now()));

        web.does(web.signal(Signal.INT, StopSpec.Scope.MAIN), web.killAll())
                .diesBy(Signal.INT)
                .launched()
                .forgetActions();
        web.stop().does(web.signal(Signal.QUIT, StopSpec.Scope.MAIN), web.killAll());
    }

    @Test
    void whatRunsCannotBeForgotten() {
        Scenario scenario = bothUp();

        assertThatThrownBy(() -> scenario.project.reconfigure(Specs.project(db()), scenario.now()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("\"web\" runs and cannot be forgotten");
        scenario.on("web").is(READY);
    }

    @Test
    void s15_whoNeedsAHealthyServiceWaitsForItsPresentHealth() {
        Specs db = service("db").health(1, Duration.ZERO, HealthSpec.Action.NONE);
        Scenario scenario = Scenario.of(service("web").needs("db", Condition.HEALTHY), db);
        Scenario.On dbOn = scenario.on("db");
        scenario.startAll();
        dbOn.launched().is(READY);
        scenario.it().is(WAITING).because("waiting for \"db\" to be healthy");

        dbOn.healthFails("503");
        scenario.it().is(WAITING);
        dbOn.healthy();
        scenario.it().is(STARTING).launched();
        dbOn.healthFails("503"); // it gates the start; what runs goes on

        scenario.it().is(READY).restart();
        scenario.it().exits(0).is(WAITING);
        dbOn.healthy();
        scenario.it().is(STARTING);
    }
}

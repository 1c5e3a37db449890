package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.COMPLETED;
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

import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency.Condition;
import dev.ostler.spec.RestartSpec.Policy;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each condition waits for, and what becomes of a service whose dependency goes away. */
class DependencyTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private static Scenario webAndJob(boolean remain, Policy policy) {
        return Scenario.of(
                service("web").needs("job", Condition.COMPLETED_SUCCESSFULLY),
                service("job").oneshot(remain).restart(policy));
    }

    private static Scenario up(Specs web, Specs db) {
        Scenario scenario = Scenario.of(web, db).startAll();
        scenario.on("db").launched();
        scenario.on("web").launched().after(LONG).is(READY);
        scenario.actions();
        return scenario;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aOneshotIsUpWhenItsWorkIsDone(boolean remain) {
        Scenario scenario = webAndJob(remain, Policy.ON_FAILURE);

        scenario.on("web").start().is(WAITING).because("waiting for \"job\" to complete successfully");
        scenario.on("job").launched().after(Duration.ofHours(1)).is(STARTED).startIsPending();
        scenario.on("job").exits(0).is(remain ? COMPLETED : FINISHED);

        scenario.on("job").startIs(StartOutcome.Kind.UP, "exited 0 after 1 h 0 min");
        scenario.on("web").is(STARTING);
    }

    @Test
    void aOneshotThatRemainsIsDoneOnceForAllThatNeedIt() {
        Scenario scenario = webAndJob(true, Policy.ON_FAILURE).startAll();
        scenario.on("job").launched().exits(0);
        scenario.on("web").launched().stop().exits(143);

        scenario.on("web").start().is(STARTING);
        scenario.on("job").is(COMPLETED).start().is(COMPLETED).startIs(StartOutcome.Kind.UP, "exited 0 after 0 ms");

        assertThat(scenario.on("job").run()).isEqualTo(1);
        scenario.on("job").restart().is(STARTING);
        assertThat(scenario.on("job").run()).isEqualTo(2);
    }

    @Test
    void aOneshotThatDoesNotRemainIsDoneForEachStart() {
        Scenario scenario = webAndJob(false, Policy.ON_FAILURE).startAll();
        scenario.on("job").launched().exits(0);
        scenario.on("web").launched().stop().exits(143);

        scenario.on("web").start().is(WAITING);

        assertThat(scenario.on("job").is(STARTING).run()).isEqualTo(2);
    }

    @Test
    void stopTakesBackWhatRemains() {
        Scenario scenario = webAndJob(true, Policy.ON_FAILURE).startAll();
        scenario.on("job").launched().exits(0).is(COMPLETED).stop().is(DOWN).because("stop requested by a person");
    }

    @Test
    void s16_aOneshotThatFailsFailsItsDependentsAtOnceWithTheReason() {
        Scenario scenario = webAndJob(true, Policy.NEVER).startAll();

        scenario.on("job").launched().exits(3).is(FAILED);

        scenario.on("web")
                .is(DEPENDENCY_FAILED)
                .startIs(
                        StartOutcome.Kind.FAILED,
                        "dependency \"job\" failed: exited 3 after 0 ms; restart policy is never");
    }

    @Test
    void s16_aOneshotThatSomebodyElseStopsHasNotDoneItsWork() {
        Scenario scenario = webAndJob(false, Policy.ON_FAILURE).startAll();

        scenario.on("job").launched().diesBy(Signal.TERM).is(FINISHED);

        scenario.on("web")
                .is(DEPENDENCY_FAILED)
                .because("dependency \"job\" did not complete: stopped by someone else after 0 ms (killed by SIGTERM)");
    }

    @Test
    void aOneshotIsTriedAgainAsItsPolicySays() {
        Scenario scenario = webAndJob(true, Policy.ON_FAILURE).startAll();

        scenario.on("job").launched().exits(3).is(BACKOFF);
        scenario.on("web")
                .is(WAITING)
                .startIs(
                        StartOutcome.Kind.FAILED,
                        "dependency \"job\" is not up yet: exited 3 after 0 ms; restart in 100 ms");
        scenario.on("job").afterMillis(100).launched().exits(0).is(COMPLETED);

        scenario.on("job").startIs(StartOutcome.Kind.UP, "exited 0 after 0 ms");
        scenario.on("web").is(STARTING);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void completedWaitsForTheEndHoweverItEnds(int code) {
        Scenario scenario = Scenario.of(
                        service("web").needs("job", Condition.COMPLETED),
                        service("job").restart(Policy.NEVER))
                .startAll();

        scenario.on("job").launched().after(LONG).is(READY);
        scenario.on("web").is(WAITING).because("waiting for \"job\" to complete");
        scenario.on("job").exits(code);

        scenario.on("web").is(STARTING);
    }

    @Test
    void whatNeverRanHasNotCompleted() {
        Scenario scenario = Scenario.of(
                        service("web").needs("job", Condition.COMPLETED),
                        service("job").restart(Policy.NEVER))
                .startAll();

        scenario.on("job").refused("no program").is(FAILED);

        scenario.on("web").is(DEPENDENCY_FAILED);
    }

    @Test
    void aSoftDependencyIsWaitedForWhileItMayCome() {
        Specs db = service("db").readyWithin(LONG);
        Scenario scenario =
                Scenario.of(service("web").wants("db", Condition.READY), db).startAll();

        scenario.on("web").is(WAITING);
        scenario.on("db").launched();
        scenario.on("web").is(WAITING);
        scenario.on("db").probeAnswers();

        scenario.on("web").is(STARTING);
    }

    @ParameterizedTest
    @EnumSource(names = {"NEVER", "ON_FAILURE"})
    void aSoftDependencyThatFailsIsDoneWithout(Policy policy) {
        Specs db = service("db").readyWithin(LONG).restart(policy);
        Scenario scenario =
                Scenario.of(service("web").wants("db", Condition.READY), db).startAll();

        scenario.on("db").launched().exits(1);
        scenario.on("web").is(STARTING).launched();
        scenario.on("db").after(LONG);

        scenario.on("web").is(READY);
    }

    @Test
    void s14_aDependencyThatIsGivenUpTakesDownWhatRuns() {
        Scenario scenario = up(service("web").needs("db"), service("db").limit(1));

        scenario.on("db").exits(1).is(STARTING);
        scenario.on("web").is(READY);
        scenario.on("db").launched().exits(1).is(FAILED);

        String why = "dependency \"db\" failed: gave up after 1 restart in 60 s; last: exited 1 after 0 ms";
        scenario.on("web")
                .is(STOPPING)
                .because(why)
                .exits(143)
                .is(DEPENDENCY_FAILED)
                .because(why);
        assertThat(scenario.on("web").status().wanted()).isEqualTo(Wanted.UP);
        assertThat(scenario.on("web").status().lastExit().orElseThrow().cause().kind())
                .isEqualTo("dependency");
    }

    @ParameterizedTest
    @EnumSource(Policy.class)
    void whatAFailureStoppedComesBackWithTheDependency(Policy policy) {
        Scenario scenario =
                up(service("web").needs("db").restart(policy), service("db").restart(Policy.NEVER));
        scenario.on("db").exits(1);
        scenario.on("web").exits(143).is(DEPENDENCY_FAILED);

        scenario.on("db").start();
        scenario.on("web").is(WAITING);
        scenario.on("db").launched();

        scenario.on("web").is(STARTING);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAPersonStoppedStaysDownWhenTheDependencyComesBack(boolean whileItEnds) {
        Scenario scenario = up(service("web").needs("db"), service("db").restart(Policy.NEVER));
        scenario.on("db").exits(1);
        if (whileItEnds) {
            scenario.on("web").is(STOPPING).stop().exits(143);
        } else {
            scenario.on("web").exits(143).is(DEPENDENCY_FAILED).stop();
        }

        scenario.on("web").is(DOWN);
        scenario.on("db").start().launched();

        scenario.on("web").is(DOWN);
    }

    @Test
    void aFailureOfAJobThatWasDoneOnceConcernsNobodyThatRuns() {
        Scenario scenario = webAndJob(true, Policy.NEVER).startAll();
        scenario.on("job").launched().exits(0);
        scenario.on("web").launched().after(LONG);

        scenario.on("job").restart().launched().exits(1).is(FAILED);

        scenario.on("web").is(READY);
    }

    @Test
    void aBoundServiceEndsAndComesBackWithEachRestartOfItsDependency() {
        Scenario scenario = up(service("web").boundTo("db", Condition.READY), service("db"));

        scenario.on("db").exits(1).is(STARTING);
        scenario.on("web")
                .is(STOPPING)
                .because("dependency \"db\" is not up: exited 1 after 20 s")
                .exits(143)
                .is(WAITING);
        scenario.on("db").launched();

        scenario.on("web").is(STARTING);
    }

    @Test
    void aBoundServiceIsStoppedBeforeItsDependencyAndComesBackWithIt() {
        Scenario scenario = up(service("web").boundTo("db", Condition.STARTED), service("db"));

        scenario.stop("db");
        scenario.on("db").is(READY);
        scenario.on("web")
                .is(STOPPING)
                .because("dependency \"db\" is to be stopped")
                .exits(143);
        scenario.on("db").is(STOPPING).exits(143).is(DOWN);
        scenario.on("web").is(DEPENDENCY_FAILED);
        scenario.on("db").start().launched();

        scenario.on("web").is(STARTING);
    }

    @Test
    void aRestartTakesABoundServiceAlong() {
        Scenario scenario = up(service("web").boundTo("db", Condition.STARTED), service("db"));

        scenario.restart("db");
        scenario.on("db").is(READY).startIsPending();
        scenario.on("web")
                .is(STOPPING)
                .because("dependency \"db\" is to be restarted")
                .exits(143);
        scenario.on("db").is(STOPPING).exits(143).is(STARTING);
        scenario.on("web").is(WAITING);
        scenario.on("db").launched().after(LONG).startIs(StartOutcome.Kind.UP, "running");

        scenario.on("web").is(STARTING);
    }

    @Test
    void aSoftDependencyThatAPersonStopsTakesABoundServiceAlongOnlyWhileItMayComeBack() {
        Specs web = service("web").needs("db", Condition.STARTED, false, true);
        Scenario scenario = up(web, service("db"));

        scenario.stop("db");
        scenario.on("web").is(STOPPING).exits(143);
        scenario.on("db").is(STOPPING).exits(143).is(DOWN);

        scenario.on("web").is(STARTING).launched().after(LONG).is(READY);
    }

    @Test
    void servicesOfOneCommandStopInReverseOrder() {
        Scenario scenario = up(service("web").needs("db"), service("db"));

        scenario.stop("db", "web");

        scenario.on("db").is(READY);
        scenario.on("web").is(STOPPING).exits(143).is(DOWN);
        scenario.on("db").is(STOPPING).exits(143).is(DOWN).because("stopped as requested by a person (exited 143)");
    }

    @Test
    void servicesOfOneCommandRestartInOrder() {
        Scenario scenario = up(service("web").needs("db"), service("db"));

        scenario.restart("db", "web");

        scenario.on("db").is(READY).startIsPending();
        scenario.on("web").is(STOPPING).exits(143).is(WAITING);
        scenario.on("db").is(STOPPING).exits(143).is(STARTING).launched();
        scenario.on("web").is(STARTING).launched().after(LONG).startIs(StartOutcome.Kind.UP, "running");
        scenario.on("db").startIs(StartOutcome.Kind.UP, "running");
    }

    @Test
    void s10_aStartTakesBackAStopWhoseTurnHasNotCome() {
        Scenario scenario = up(service("web").needs("db"), service("db"));
        scenario.stop("db", "web");

        scenario.on("db").start();
        scenario.on("web").exits(143).is(DOWN);

        scenario.on("db").is(READY);
    }

    @Test
    void s10_aStopTakesBackARestartWhoseTurnHasNotCome() {
        Scenario scenario = up(service("web").needs("db"), service("db"));
        scenario.restart("db", "web");

        scenario.stop("db");
        scenario.on("db").startIs(StartOutcome.Kind.FAILED, "stop requested by a person");
        scenario.on("web").exits(143);
        scenario.on("db").exits(143).is(DOWN);

        scenario.on("web").is(DEPENDENCY_FAILED);
    }

    @Test
    void aRestartThatWaitsForItsTurnIsAnsweredByTheNewRunAlone() {
        Specs db = service("db").readyWithin(LONG);
        Scenario scenario =
                Scenario.of(service("web").boundTo("db", Condition.STARTED), db).startAll();
        scenario.on("db").launched();
        scenario.on("web").launched();

        scenario.restart("db");
        scenario.on("db").probeAnswers().is(READY).startIsPending();
        scenario.on("web").exits(143);

        scenario.on("db").exits(143).launched().startIsPending().probeAnswers().startIs(StartOutcome.Kind.UP, "ready");
    }

    @Test
    void aRestartWhoseTurnHasNotComeHappensWhenTheLaunchIsRefused() {
        Scenario scenario = Scenario.of(service("web").boundTo("db", Condition.STARTED), service("db"))
                .startAll();
        scenario.on("db").launched();
        scenario.on("web").launched();
        scenario.on("db").exits(1).is(BACKOFF).afterMillis(200).is(STARTING);

        scenario.restart("db");
        scenario.on("db").is(STARTING).refused("no memory").is(STARTING).startIsPending();

        assertThat(scenario.on("db").run()).isEqualTo(3);
    }

    @Test
    void whatIsDisabledIsStartedOnlyByItsNameOrByWhatWasStartedSo() {
        Scenario scenario = Scenario.of(
                        service("shell").needs("tools").disabled(),
                        service("tools").disabled(),
                        service("web").wants("tools", Condition.READY))
                .startAll();

        scenario.on("shell").is(DOWN).because("disabled");
        scenario.on("web").is(STARTING).launched().stop().exits(143);
        scenario.on("web").start().is(STARTING);
        scenario.on("tools").is(DOWN);
        scenario.on("shell").start();
        scenario.on("tools").is(STARTING).launched();

        scenario.on("shell").is(STARTING);
    }
}

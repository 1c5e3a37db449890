package dev.ostler.service;

import static dev.ostler.service.ServiceState.DEPENDENCY_FAILED;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.SKIPPED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.WAITING;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.FAILED;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.Dependency.Condition;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What must hold when a service is started. */
class ConditionTest {
    private static final String LINK = "waiting for link \"eth0\" to be up at x.yaml:1:1";
    private static final String SKIP = "skipped: condition path_exists \"/x\" does not hold";

    private final Scenario scenario = Scenario.of(
            service("web").condition().needs("db", Condition.STARTED),
            service("db"),
            service("user").needs("web", Condition.STARTED),
            service("guest").wants("web", Condition.STARTED));
    private final Scenario.On web = scenario.it();

    private void dbRuns() {
        scenario.startAll();
        scenario.on("db").launched();
    }

    private Scenario.On found(ConditionOutlook outlook) {
        return web.event(new Event.ConditionsChecked(outlook));
    }

    private Scenario.On linkIsDown() {
        return found(new ConditionOutlook.Pending(LINK));
    }

    private Scenario.On pathIsMissing() {
        return found(new ConditionOutlook.Unmet("condition path_exists \"/x\" does not hold"));
    }

    private Scenario.On allHold() {
        return found(new ConditionOutlook.Met());
    }

    @Test
    void theyAreLookedAtWhenTheDependenciesAreMetAndBeforeAnythingRuns() {
        scenario.startAll();
        web.is(WAITING);
        assertThat(scenario.actions()).containsExactly(new Action.Spawn(1)); // that of db

        scenario.on("db").launched();
        web.is(WAITING).does(new Action.CheckConditions(1));
        allHold().is(STARTING).does(new Action.Spawn(1));
    }

    @Test
    void whatDoesNotHoldSkipsTheStartAndThatIsNoFailure() {
        dbRuns();

        pathIsMissing().is(SKIPPED).because(SKIP).startIs(UP, SKIP);
        assertThat(web.status().wanted()).isEqualTo(Wanted.UP);
        assertThat(web.status().restarts()).isEqualTo(RestartRecord.NONE);
    }

    @Test
    void whoNeedsASkippedServiceIsToldAndWhoOnlyWantsItGoesOn() {
        dbRuns();
        pathIsMissing();

        scenario.on("user").is(DEPENDENCY_FAILED).because("dependency \"web\" was " + SKIP);
        scenario.on("guest").is(STARTING);

        web.start().is(WAITING);
        allHold().is(STARTING).launched();
        scenario.on("user").is(STARTING);
    }

    @Test
    void aLinkIsWaitedForAndWhoAskedForTheStartIsToldAtOnce() {
        dbRuns();
        web.after(Duration.ofSeconds(5));

        linkIsDown().is(WAITING).because(LINK + ", since 2026-01-01T01:00:05Z").startIs(FAILED, LINK);
        web.after(Duration.ofSeconds(7));
        linkIsDown().because(LINK + ", since 2026-01-01T01:00:05Z");
        assertThat(web.status().since().monotonicNanos())
                .isEqualTo(Duration.ofSeconds(3605).toNanos());
        scenario.on("user").is(WAITING);
        scenario.on("guest").is(STARTING); // it is done without as long as it may take

        allHold().is(STARTING).launched().is(READY);
        scenario.on("user").is(STARTING);
    }

    @Test
    void aDependencyThatIsLostMeanwhileIsWaitedForAgain() {
        dbRuns();
        linkIsDown();
        scenario.on("db").exits(1);

        web.is(WAITING).because("waiting for \"db\" to be started");
        allHold().is(WAITING);

        web.forgetActions();
        scenario.on("db").afterMillis(200).launched();
        web.is(WAITING).does(new Action.Spawn(2), new Action.CheckConditions(1));
    }

    @Test
    void theyAreLookedAtForAnAutomaticRestartToo() {
        dbRuns();
        allHold().launched().afterMillis(2_000).exits(1).is(WAITING);

        pathIsMissing().is(SKIPPED);
        scenario.on("user").exits(143).is(DEPENDENCY_FAILED);
    }

    @Test
    void anAnswerThatComesTooLateChangesNothing() {
        dbRuns();
        web.stop().is(DOWN);

        allHold().is(DOWN);
        pathIsMissing().is(DOWN);
        web.start();
        allHold().launched().is(READY);
        linkIsDown().is(READY);
    }

    @Test
    void aSkippedServiceCanBeStopped() {
        dbRuns();
        pathIsMissing();

        web.stop().is(DOWN);
    }

    @Test
    void whatIsStartedByTrafficWaitsForMoreOfIt() {
        Scenario lazy = Scenario.of(service("web").startedByTraffic().condition());
        lazy.startAll();
        lazy.took(lazy.project.activate(lazy.it().status().name(), Requester.TRAFFIC, lazy.now()));

        lazy.it()
                .event(new Event.ConditionsChecked(new ConditionOutlook.Unmet("no")))
                .is(DOWN)
                .because("skipped: no; waiting for traffic on its sockets");
        assertThat(lazy.it().status().isArmed()).isTrue();
    }
}

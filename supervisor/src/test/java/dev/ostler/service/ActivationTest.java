package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.Dependency;
import dev.ostler.spec.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A service that is started by what comes in on its sockets. */
class ActivationTest {
    private final Scenario scenario =
            Scenario.of(service("web").startedByTraffic(), service("user").needs("web", Dependency.Condition.READY));
    private final Scenario.On web = scenario.it();

    private Scenario.On traffic() {
        scenario.took(scenario.project.activate(web.status().name(), Requester.TRAFFIC, scenario.now()));
        return web;
    }

    @Test
    void itWaitsAndItsDependentsDoNot() {
        scenario.startAll();

        web.is(DOWN).because("waiting for traffic on its sockets").startIs(UP, "waiting for traffic on its sockets");
        assertThat(web.status().isArmed()).isTrue();
        scenario.on("user").is(STARTING);
    }

    @Test
    void trafficStartsItAndAfterItsEndItWaitsAgain() {
        scenario.startAll();

        traffic().is(STARTING);
        web.launched().after(Duration.ofSeconds(5)).exits(0).is(DOWN);

        web.because("exited 0 after 5 s; waiting for traffic on its sockets");
        assertThat(web.status().isArmed()).isTrue();
        traffic().is(STARTING);
        assertThat(web.run()).isEqualTo(2);
    }

    @Test
    void trafficForWhatRunsOrIsStoppedStartsNothing() {
        scenario.startAll();
        traffic();
        web.launched().is(READY);
        traffic().is(READY);

        web.stop().exits(0).is(DOWN);
        assertThat(web.status().isArmed()).isFalse();
        traffic().is(DOWN);
    }

    @Test
    void aPersonMayStopTheWaitingAndStartWithoutTraffic() {
        scenario.startAll();

        web.stop().is(DOWN).because("stop requested by a person");
        assertThat(web.status().isArmed()).isFalse();
        web.start().is(STARTING);
    }

    @Test
    void whatIsNewToTheProjectWaitsToo() {
        scenario.took(scenario.project.startFirst(web.status().name(), scenario.now()));

        web.is(DOWN).because("waiting for traffic on its sockets");
    }

    @Test
    void aPathStartsWhatWaitsForItAndAgainAfterItsEnd() {
        Trigger.AtPath path = new Trigger.AtPath(Trigger.AtPath.Kind.DIRECTORY_NOT_EMPTY, List.of(Path.of("/in")));
        Scenario spool = Scenario.of(service("spool").oneshot(false).startedBy(path));
        spool.startAll();
        spool.it().is(DOWN).because("waiting for \"/in\" not to be empty");

        spool.took(spool.project.activate(spool.it().status().name(), Requester.PATH, spool.now()));
        spool.it().is(STARTING).launched().afterMillis(1_000).exits(0).is(DOWN);
        spool.it().because("exited 0 after 1 s; waiting for \"/in\" not to be empty");
        assertThat(spool.it().status().isArmed()).isTrue();
    }

    @Test
    void aFailureIsRestartedAsAnyOther() {
        scenario.startAll();
        traffic();

        web.launched().exits(1).is(BACKOFF);
    }

    @Test
    void aProjectThatGoesDownStartsNothing() {
        scenario.startAll();
        scenario.shutDown(false);

        traffic().is(DOWN);
        assertThat(web.status().isArmed()).isFalse();
    }
}

package dev.ostler.service;

import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.TERM;
import static dev.ostler.service.Specs.WAIT_10_S;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec;
import dev.ostler.spec.StopSpec.Scope;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Steps that take time, and ladders for which there is less of it. */
class StopLadderTest {
    private static final StopSpec.Step.Http ASK =
            new StopSpec.Step.Http(URI.create("http://127.0.0.1:1/stop"), "POST", Duration.ofSeconds(5));

    private static Scenario.On running(Scenario scenario) {
        return scenario.it().start().launched().after(Duration.ofSeconds(1)).forgetActions();
    }

    @Test
    void theLadderGoesOnWithTheAnswer() {
        Scenario.On web = running(Scenario.of(service("web").stop(ASK, TERM, WAIT_10_S)));

        web.stop().does(new Action.TakeStopStep(1, 0, ASK, ASK.timeout()));
        web.afterMillis(100).event(new Event.StopStepEnded(1, 0)).does(web.signal(Signal.TERM, Scope.MAIN));
        web.event(new Event.StopStepEnded(1, 0)).does();
    }

    @Test
    void orWhenItsTimeIsOver() {
        Scenario.On web = running(Scenario.of(service("web").stop(ASK, TERM, WAIT_10_S)));

        web.stop().forgetActions().afterMillis(4_999).does().afterMillis(1).does(web.signal(Signal.TERM, Scope.MAIN));
    }

    @Test
    void s25_anAnswerThatComesAfterTheEndIsOfNoUse() {
        Scenario.On web = running(Scenario.of(service("web").stop(ASK, TERM, WAIT_10_S)));
        web.stop().exits(0).is(DOWN).forgetActions();

        web.event(new Event.StopStepEnded(1, 0)).is(DOWN).does();
    }

    @Test
    void aStepThatTheOldSupervisorMayNotHaveTakenIsTakenAgain() {
        Scenario.On web = running(Scenario.of(service("web").stop(TERM, ASK, WAIT_10_S)));
        web.stop().forgetActions();

        web.event(new Event.Resumed(true, false))
                .does(web.signal(Signal.TERM, Scope.MAIN), new Action.TakeStopStep(1, 1, ASK, ASK.timeout()));
    }

    @Test
    void killOfTheGroupIsAStepLikeOthers() {
        StopSpec.Step kill = new StopSpec.Step.Send(Signal.KILL, Scope.GROUP);
        Scenario.On web = running(Scenario.of(service("web").stop(kill, WAIT_10_S)));

        web.stop()
                .does(web.signal(Signal.KILL, Scope.GROUP))
                .after(Duration.ofSeconds(10))
                .does(web.killAll());
    }

    private static Scenario chain(Duration outerGrace) {
        return Scenario.withOuterGrace(
                outerGrace, service("web").needs("app"), service("app").needs("db"), service("db"), service("other"));
    }

    private static boolean isKilled(Scenario.On service) {
        return service.status().ladder().orElseThrow().killing();
    }

    private static Scenario allRunning(Scenario scenario) {
        scenario.startAll();
        for (String name : new String[] {"db", "app", "web", "other"}) {
            scenario.on(name).launched();
        }
        scenario.after(Duration.ofSeconds(1));
        return scenario;
    }

    @Test
    void s25_outerGraceIsSharedByAChainAndNotUsedUpByTheFirst() {
        Scenario scenario = allRunning(chain(Duration.ofSeconds(16)));
        scenario.shutDown(Haste.WITHIN_OUTER_GRACE);
        scenario.actions();

        Scenario.On web = scenario.on("web").is(STOPPING).afterMillis(4_999).does();
        web.afterMillis(1).does(web.killAll());
        web.diesBy(Signal.KILL);
        Scenario.On app = scenario.on("app").is(STOPPING);

        assertThat(isKilled(app.afterMillis(4_999))).isFalse();
        assertThat(isKilled(app.afterMillis(1))).isTrue();
    }

    @Test
    void aServiceOnItsOwnHasAllOfIt() {
        Scenario scenario = allRunning(chain(Duration.ofSeconds(16)));

        scenario.shutDown(Haste.WITHIN_OUTER_GRACE);
        scenario.actions();
        Scenario.On other = scenario.on("other");
        assertThat(isKilled(other.afterMillis(9_999))).isFalse();

        assertThat(isKilled(other.afterMillis(1))).isTrue();
    }

    @Test
    void theStopOfOneServiceByAPersonIsNotShortened() {
        Scenario scenario = allRunning(chain(Duration.ofSeconds(16)));

        Scenario.On db = scenario.on("db").forgetActions().stop();

        db.does(db.signal(Signal.TERM, Scope.MAIN))
                .afterMillis(9_999)
                .does()
                .afterMillis(1)
                .does(db.killAll());
    }

    @Test
    void aStopThatIsUnderWayIsShortenedWhenAllGoesDown() {
        Scenario scenario = allRunning(chain(Duration.ofSeconds(16)));
        Scenario.On db = scenario.on("db").stop().after(Duration.ofSeconds(4));
        scenario.shutDown(Haste.WITHIN_OUTER_GRACE);
        scenario.actions();

        assertThat(isKilled(db.afterMillis(2_999))).isFalse();
        assertThat(isKilled(db.afterMillis(1))).isTrue();
    }

    @Test
    void s25_aPersonsDownIsNotShortenedAndASignalAfterItShortensIt() {
        Scenario scenario = allRunning(chain(Duration.ofSeconds(16)));
        scenario.shutDown(Haste.NONE);
        scenario.actions();
        Scenario.On web = scenario.on("web").is(STOPPING).after(Duration.ofSeconds(6));
        assertThat(isKilled(web)).isFalse();

        scenario.shutDown(Haste.WITHIN_OUTER_GRACE);
        scenario.actions();

        assertThat(isKilled(web.afterMillis(1_999))).isFalse();
        assertThat(isKilled(web.afterMillis(1))).isTrue();
    }
}

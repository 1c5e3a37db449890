package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec.Scope;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The kernel kills for the memory limit: who, how often, and what becomes of the rest. */
class OomTest {
    private static final String ALL = "64 MiB of 64 MiB";

    private static Scenario.On running(Specs spec) {
        return Scenario.of(spec)
                .it()
                .start()
                .launched()
                .after(Duration.ofSeconds(5))
                .forgetActions();
    }

    private static Event ofChild(Scenario.On service, long count) {
        return new Event.OomKilled(service.run(), count, ALL);
    }

    private static Event ofMain(Scenario.On service, long count) {
        return new Event.MainExited(
                service.run(),
                ExitStatus.killedBy(Signal.KILL),
                service.nowNanos(),
                true,
                count,
                Optional.of(new ExitCause.OutOfMemory(true, ALL)));
    }

    private static long total(Scenario.On service) {
        return service.status().restarts().oom().total();
    }

    @Test
    void s21_aChildIsCountedAndTheServiceGoesOn() {
        Scenario.On web = running(service("web"));

        web.event(ofChild(web, 1))
                .event(ofChild(web, 1))
                .event(ofChild(web, 3))
                .is(READY)
                .does();

        assertThat(total(web)).isEqualTo(3);
    }

    @Test
    void s21_twiceWithin200MsOverARestartIsTwo() {
        Scenario.On web = running(service("web"));

        web.event(ofChild(web, 1)).event(ofMain(web, 1)).is(STARTING).launched();
        assertThat(total(web)).isEqualTo(1);
        web.afterMillis(200).event(ofMain(web, 1)).is(BACKOFF);

        assertThat(total(web)).isEqualTo(2);
        assertThat(web.status().lastExit().orElseThrow().describe())
                .isEqualTo("killed by the kernel for its memory limit (" + ALL + ") after 200 ms (killed by SIGKILL)");
    }

    @Test
    void s21_aKillOfAnEarlierRunDoesNotExplainALaterEnd() {
        Scenario.On web = running(service("web"));

        web.event(ofChild(web, 1)).exits(1).launched().diesBy(Signal.KILL);

        assertThat(web.status().lastExit().orElseThrow().cause().kind()).isEqualTo("signal");
        assertThat(total(web)).isEqualTo(1);
    }

    @Test
    void s21_policyStopEndsTheRestAndCountsAsAFailure() {
        Scenario.On web = running(service("web").stopsUponOom());

        web.event(ofChild(web, 1)).is(STOPPING).does(web.signal(Signal.TERM, Scope.MAIN));
        web.event(ofChild(web, 1)).does();
        web.exits(143).is(STARTING);

        assertThat(web.status().lastExit().orElseThrow().describe())
                .startsWith("stopped, as a process of it was killed by the kernel for its memory limit (" + ALL + ")");
    }

    @Test
    void s21_policyStopKnowsInTheEndThatItWasTheMainProcess() {
        Scenario.On web = running(service("web").stopsUponOom());

        web.event(ofChild(web, 1)).event(ofMain(web, 1));

        assertThat(web.status().lastExit().orElseThrow().cause()).isEqualTo(new ExitCause.OutOfMemory(true, ALL));
    }

    @Test
    void s21_aRequestedStopStaysOne() {
        Scenario.On web = running(service("web")).stop();

        web.event(ofMain(web, 1)).is(ServiceState.DOWN);

        assertThat(web.status().lastExit().orElseThrow().cause().kind()).isEqualTo("requested-stop");
        assertThat(total(web)).isEqualTo(1);
    }

    @Test
    void aStartByAPersonBeginsToCountAnew() {
        Scenario.On web = running(service("web"));

        web.event(ofChild(web, 2)).restart().exits(143).launched();

        assertThat(total(web)).isZero();
    }
}

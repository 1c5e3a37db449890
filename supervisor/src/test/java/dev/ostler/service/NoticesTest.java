package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.ServiceState.STOPPING;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import dev.ostler.spec.StopSpec.Scope;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What a service tells of itself, and what follows from it. */
class NoticesTest {
    private static final Duration S30 = Duration.ofSeconds(30);

    private static Notice notice(boolean ready, boolean reloading, boolean stopping) {
        return new Notice(
                ready,
                reloading,
                stopping,
                Optional.empty(),
                OptionalInt.empty(),
                Notice.Watchdog.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    private static Notice watchdog(Notice.Watchdog sign, Optional<Duration> period) {
        return new Notice(
                false,
                false,
                false,
                Optional.empty(),
                OptionalInt.empty(),
                sign,
                period,
                Optional.empty(),
                Optional.empty());
    }

    private static Notice extend(Duration by) {
        return new Notice(
                false,
                false,
                false,
                Optional.of("busy"),
                OptionalInt.of(5),
                Notice.Watchdog.NONE,
                Optional.empty(),
                Optional.of(by),
                Optional.empty());
    }

    private static Scenario.On tells(Scenario.On web, Notice notice) {
        return web.event(new Event.Notified(web.run(), notice));
    }

    private static Scenario.On watched() {
        return Scenario.of(service("web").tellsReadyWithin(S30).watchdog(Duration.ofSeconds(2)))
                .it()
                .start()
                .launched();
    }

    @Test
    void readyIsWaitedForAndNobodyAsks() {
        Scenario.On web = Scenario.of(service("web").tellsReadyWithin(S30)).it().start();
        web.does(web.spawn());

        web.launched().is(STARTED).does().startIsPending();
        tells(web, Notice.READY).is(READY).startIs(UP, "ready");
    }

    @Test
    void s33_readyThatComesBeforeTheNewsOfTheLaunchCounts() {
        Scenario.On web = Scenario.of(service("web").tellsReadyWithin(S30)).it().start();

        tells(web, Notice.READY).is(STARTING);
        web.launched().is(READY).startIs(UP, "ready");
    }

    @Test
    void readyMeansNothingToAServiceThatIsProbed() {
        Scenario.On web =
                Scenario.of(service("web").readyWithin(S30)).it().start().launched();

        tells(web, Notice.READY).is(STARTED);
        web.probeAnswers().is(READY);
    }

    @Test
    void s33_moreTimeIsGivenToAStartAndNeverLess() {
        Scenario.On web =
                Scenario.of(service("web").tellsReadyWithin(S30)).it().start().launched();

        web.after(Duration.ofSeconds(29));
        tells(web, extend(Duration.ofSeconds(60))).after(Duration.ofSeconds(59)).is(STARTED);
        tells(web, extend(Duration.ZERO)).is(STARTED);
        web.after(Duration.ofSeconds(1)).is(STOPPING).because("not ready within 30 s");
    }

    @Test
    void s33_moreTimeIsGivenToAStop() {
        Scenario.On web = Scenario.of(service("web")).it().start().launched().stop();

        tells(web, extend(Duration.ofSeconds(60))).after(Duration.ofSeconds(59)).forgetActions();

        web.after(Duration.ofSeconds(1)).does(web.killAll());
        assertThat(web.status().run().notices().status()).isEqualTo("busy");
        assertThat(web.status().run().notices().errno()).isEqualTo(5);
    }

    @Test
    void s33_aReloadEndsWithReadyOrWithTheRun() {
        Scenario.On web =
                Scenario.of(service("web").tellsReadyWithin(S30)).it().start().launched();
        tells(web, Notice.READY);

        tells(web, notice(false, true, false)).is(READY);
        assertThat(web.status().run().notices().reloading()).isTrue();
        assertThat(web.status().run().notices().hasReloaded(0)).isFalse();
        tells(web, Notice.READY);
        assertThat(web.status().run().notices().reloading()).isFalse();
        assertThat(web.status().run().notices().hasReloaded(0)).isTrue();
        assertThat(web.status().run().notices().hasReloaded(1)).isFalse();

        tells(web, notice(false, true, false)).exits(0).is(FINISHED);
        web.start();
        assertThat(web.status().run().notices()).isEqualTo(Notices.NONE);
    }

    @Test
    void withoutASignOfLifeItIsEndedByTheLadderAndRestarted() {
        Scenario.On web = watched();
        web.after(Duration.ofSeconds(10)).is(STARTED); // the watchdog begins when it is up
        tells(web, Notice.READY).forgetActions();

        web.afterMillis(1_999).is(READY);
        tells(web, watchdog(Notice.Watchdog.ALIVE, Optional.empty()))
                .afterMillis(1_999)
                .is(READY);
        web.afterMillis(1).is(STOPPING).because("no sign of life for 2 s").does(web.signal(Signal.TERM, Scope.MAIN));
        web.exits(143);

        assertThat(web.status().lastExit().orElseThrow().cause())
                .isEqualTo(new ExitCause.Watchdog(Duration.ofSeconds(2)));
        assertThat(web.status().wanted()).isEqualTo(Wanted.UP);
        assertThat(web.status().restarts().automatic()).isEqualTo(1);
    }

    @Test
    void aServiceWithoutAProbeIsWatchedFromItsLaunchOn() {
        Scenario.On web = Scenario.of(service("web").watchdog(Duration.ofMillis(100)))
                .it()
                .start()
                .launched();

        web.afterMillis(99).is(READY);
        web.afterMillis(1).is(STOPPING);
    }

    @Test
    void itMayAskForItsRestartChangeThePeriodOrEndIt() {
        Scenario.On web = watched();
        tells(web, Notice.READY);
        tells(web, watchdog(Notice.Watchdog.NONE, Optional.of(Duration.ofSeconds(60))));
        web.after(Duration.ofSeconds(59)).is(READY);
        tells(web, watchdog(Notice.Watchdog.NONE, Optional.of(Duration.ZERO)));
        web.after(Duration.ofHours(1)).is(READY);

        tells(web, watchdog(Notice.Watchdog.TRIGGER, Optional.empty()))
                .is(STOPPING)
                .because("asked for its restart by WATCHDOG=trigger");
        web.exits(1).is(STARTING);
    }

    @Test
    void whoIsStoppingByItselfIsNotWatched() {
        Scenario.On web = watched();
        tells(web, Notice.READY);

        tells(web, notice(false, false, true)).after(Duration.ofMinutes(5)).is(READY);

        web.exits(1);
        assertThat(web.status().state()).isIn(STARTING, BACKOFF);
    }

    @Test
    void afterTheDeathOfTheSupervisorItHasItsWholeTimeAgain() {
        Scenario.On web = watched();
        tells(web, Notice.READY).afterMillis(1_500);

        web.event(new Event.Resumed(true, false)).afterMillis(1_999).is(READY);
        web.afterMillis(1).is(STOPPING);
    }
}

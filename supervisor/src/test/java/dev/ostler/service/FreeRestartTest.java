package dev.ostler.service;

import static dev.ostler.service.ServiceState.CLEANING;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.RestartSpec.Policy;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Which restarts are certain before they are needed, so that they can be left with the keeper. */
class FreeRestartTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final Set<Signal> POLITE = Set.of(Signal.HUP, Signal.INT, Signal.TERM);
    private static final Set<Integer> MIRRORED = Set.of(129, 130, 143);

    private static Scenario up(Specs web) {
        Scenario scenario = Scenario.of(web);
        scenario.it().start().launched().is(READY);
        return scenario;
    }

    private static FreeRestart of(Scenario scenario) {
        return scenario.project.freeRestart(WEB).orElseThrow();
    }

    private static Set<Integer> codes() {
        return IntStream.rangeClosed(0, 255).boxed().collect(Collectors.toSet());
    }

    private static Set<Signal> signals() {
        return IntStream.rangeClosed(1, 64).mapToObj(Signal::new).collect(Collectors.toSet());
    }

    private static Event end(Scenario scenario, ExitStatus status) {
        Scenario.On web = scenario.it();
        return new Event.MainExited(web.run(), status, web.nowNanos(), true);
    }

    @Test
    void failuresOfARunThatHasWorkedAreFollowedAtOnce() {
        Scenario scenario = up(service("web"));

        FreeRestart free = of(scenario);

        Set<Integer> failures = codes();
        failures.remove(0);
        failures.removeAll(MIRRORED);
        Set<Signal> deaths = signals();
        deaths.removeAll(POLITE);
        assertThat(free.codes()).isEqualTo(failures);
        assertThat(free.signals()).isEqualTo(deaths);
        assertThat(free.fromNanos()).isEqualTo(scenario.it().nowNanos() + 1_000_000_000L);
    }

    @Test
    void policyAndSuccessDecideWhichEndsTheyAre() {
        assertThat(of(up(service("web").restart(Policy.ALWAYS))).codes()).isEqualTo(codes());
        assertThat(of(up(service("web").restart(Policy.ALWAYS))).signals()).isEqualTo(signals());
        assertThat(of(up(service("web").restart(Policy.ON_ABNORMAL))).codes()).isEmpty();
        assertThat(of(up(service("web").successAfter(7))).codes())
                .doesNotContain(7)
                .contains(8);
        assertThat(up(service("web").restart(Policy.NEVER)).project.freeRestart(WEB))
                .isEmpty();
    }

    @Test
    void whatIsKnownOfOneServiceHoldsForNoOther() {
        Scenario scenario = Scenario.of(
                service("web"),
                service("same"),
                service("always").restart(Policy.ALWAYS),
                service("never").restart(Policy.NEVER),
                service("old"));
        for (String name : List.of("web", "same", "always", "never", "old")) {
            scenario.afterMillis(100).on(name).start().launched().is(READY);
        }
        scenario.on("old").afterMillis(1500).exits(1).launched().is(READY);
        FreeRestart web = scenario.project.freeRestart(WEB).orElseThrow();
        FreeRestart same = scenario.project.freeRestart(new ServiceName("same")).orElseThrow();

        assertThat(same.codes()).isEqualTo(web.codes());
        assertThat(same.signals()).isEqualTo(web.signals());
        assertThat(same.fromNanos()).isEqualTo(web.fromNanos() + 100_000_000L);
        assertThat(scenario.project
                        .freeRestart(new ServiceName("always"))
                        .orElseThrow()
                        .codes())
                .isEqualTo(codes());
        assertThat(scenario.project.freeRestart(new ServiceName("never"))).isEmpty();
        assertThat(scenario.project
                        .freeRestart(new ServiceName("old"))
                        .orElseThrow()
                        .fromNanos())
                .isEqualTo(scenario.on("old").nowNanos() + 10_000_000_000L);
        assertThat(scenario.project.freeRestart(WEB)).contains(web);
    }

    @Test
    void afterARestartTheNextOneHasToBeEarnedByAStableRun() {
        Scenario scenario = up(service("web"));
        scenario.it().afterMillis(1500).exits(1).launched().is(READY);

        assertThat(of(scenario).fromNanos()).isEqualTo(scenario.it().nowNanos() + 10_000_000_000L);
    }

    @Test
    void noneIsCertainOnceTheLimitIsReached() {
        Scenario scenario = up(service("web").limit(1));
        assertThat(scenario.project.freeRestart(WEB)).isPresent();

        scenario.it().afterMillis(1500).exits(1).launched().is(READY);

        assertThat(scenario.project.freeRestart(WEB)).isEmpty();
    }

    private static Stream<Specs> othersThatAreLookedAtInBetween() {
        return Stream.of(
                service("web").oneshot(false),
                service("web").forking(),
                service("web").hooks(HookSpec.Kind.POST_STOP),
                service("web").needs("db"),
                service("web").wants("db", Dependency.Condition.STARTED),
                service("web").startedByTraffic(),
                service("web").condition(),
                service("web").watchdog(Duration.ofSeconds(1)),
                service("web").tellsReadyWithin(Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @MethodSource("othersThatAreLookedAtInBetween")
    void whatHasToBeLookedAtBetweenTwoRunsIsLeftToTheSupervisor(Specs web) {
        assertThat(FreeRestart.concerns(web.spec())).isFalse();
        assertThat(FreeRestart.concerns(service("web").spec())).isTrue();
        assertThat(FreeRestart.concerns(service("web")
                        .readyWithin(Duration.ofSeconds(1))
                        .health(1)
                        .spec()))
                .isTrue();
    }

    @Test
    void aBudgetOfAllServicesLeavesNoneCertain() {
        Scenario scenario = Scenario.within(new RestartBudgetSpec(10, Duration.ofMinutes(1)), service("web"));
        scenario.it().start().launched().is(READY);

        assertThat(scenario.project.freeRestartFrom(WEB)).isEmpty();
    }

    @Test
    void noneIsPreparedBeforeTheServiceIsUpNorWhenItIsToEnd() {
        Scenario scenario = Scenario.of(service("web"));
        scenario.it().start();
        assertThat(scenario.project.freeRestartFrom(WEB)).isEmpty();
        scenario.it().launched();
        assertThat(scenario.project.freeRestartFrom(WEB)).isPresent();

        scenario.stop("web");

        assertThat(scenario.project.freeRestartFrom(WEB)).isEmpty();
        assertThat(FreeRestart.mayKeep(scenario.it().status())).isFalse();
    }

    @Test
    void whatWasPreparedIsOfNoUseOnceAnythingElseIsAskedFor() {
        List<Scenario> asked = List.of(
                up(service("web")).stop("web"),
                up(service("web")).restart("web"),
                up(service("web")).shutDown(false),
                up(service("web")).shutDown(true));

        for (Scenario scenario : asked) {
            assertThat(FreeRestart.mayKeep(scenario.it().status())).isFalse();
            Event killed = end(scenario.after(Duration.ofSeconds(2)), ExitStatus.killedBy(Signal.KILL));
            assertThat(scenario.project.restartsAtOnce(WEB, killed, scenario.now()))
                    .isFalse();
        }
    }

    @Test
    void aStopOfADependentAnnouncedBeforeItsTurnCountsAtOnce() {
        Scenario scenario = Scenario.of(service("web"), service("front").needs("web"));
        scenario.startAll();
        scenario.it().launched();
        scenario.on("front").launched();

        scenario.stop("web", "front");

        scenario.it().is(READY); // its turn comes later
        assertThat(FreeRestart.mayKeep(scenario.it().status())).isFalse();
    }

    @Test
    void whatIsLeftBehindMayEndByItselfAndIsFollowedThen() {
        Scenario scenario = up(service("web"));
        Scenario.On web =
                scenario.it().after(Duration.ofSeconds(2)).exitsLeavingOthers(1).is(CLEANING);

        assertThat(FreeRestart.mayKeep(web.status())).isTrue();
        assertThat(scenario.project.restartsAtOnce(WEB, new Event.TreeGone(web.run()), scenario.now()))
                .isTrue();
        scenario.stop("web");
        assertThat(FreeRestart.mayKeep(web.status())).isFalse();
    }

    /** The promise is what the state machine does, for every end there can be. */
    @ParameterizedTest
    @EnumSource(Policy.class)
    void whatIsCertainHappens(Policy policy) {
        Stream<ExitStatus> ends = Stream.concat(
                codes().stream().map(ExitStatus::exited), signals().stream().map(ExitStatus::killedBy));

        ends.forEach(status -> {
            Scenario scenario = up(service("web").restart(policy).successAfter(9));
            boolean promised = scenario.project
                    .freeRestart(WEB)
                    .filter(free -> status.signal()
                            .map(free.signals()::contains)
                            .orElseGet(() -> free.codes().contains(status.code())))
                    .isPresent();
            Event event = end(scenario.after(Duration.ofSeconds(1)), status);
            ServiceStatus before = scenario.it().status();

            assertThat(scenario.project.restartsAtOnce(WEB, event, scenario.now()))
                    .as("%s with %s", status, policy)
                    .isEqualTo(promised);
            assertThat(scenario.it().status()).isEqualTo(before);
            boolean again = scenario.it().event(event).status().state() == STARTING;
            assertThat(again).as("%s with %s", status, policy).isEqualTo(promised);
        });
    }

    @Test
    void anEndBeforeItsTimeIsNot() {
        Scenario scenario = up(service("web"));
        Event early = end(scenario.afterMillis(999), ExitStatus.exited(1));

        assertThat(scenario.project.restartsAtOnce(WEB, early, scenario.now())).isFalse();
    }
}

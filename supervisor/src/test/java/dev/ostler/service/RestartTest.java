package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.DEPENDENCY_FAILED;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.READY;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.RestartSpec.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What follows a run that ended by itself: limits, cool-down, budget, and what each failure is called. */
class RestartTest {
    private static final Duration COOL_DOWN = Duration.ofMinutes(10);

    private static Scenario.On failing(Scenario.On service, int times) {
        for (int i = 0; i < times; i++) {
            service.launched().exits(1).after(Duration.ofSeconds(5));
        }
        return service;
    }

    private static Scenario.On givenUp(Scenario scenario) {
        return failing(scenario.it().start(), 3)
                .is(STARTING)
                .launched()
                .exits(1)
                .is(FAILED);
    }

    @Test
    void s13_afterTheLimitItIsTriedAgainWhenTheCoolDownIsOver() {
        Scenario.On web = givenUp(Scenario.of(service("web").limit(3, COOL_DOWN)));
        Instant next = web.status().nextTry().orElseThrow();

        web.because("gave up after 3 restarts in 60 s; last: exited 1 after 0 ms; next try at 2026-01-01T01:10:15Z");
        assertThat(next).isEqualTo(Instant.parse("2026-01-01T01:10:15Z"));
        assertThat(web.status().restarts().gaveUp()).isTrue();

        web.after(COOL_DOWN.minusMillis(1)).is(FAILED).afterMillis(1).is(STARTING);
        assertThat(web.status().restarts()).isEqualTo(new RestartRecord(4, 0, 0, List.of(), false, 0, OomRecord.NONE));
        failing(web, 3).launched().exits(1).is(FAILED);
    }

    @Test
    void s13_withoutCoolDownItStaysGivenUp() {
        Scenario.On web = givenUp(Scenario.of(service("web").limit(3)));

        assertThat(web.status().nextTry()).isEmpty();
        web.after(Duration.ofDays(30)).is(FAILED);
    }

    @Test
    void failedOnceAndGaveUpAreDifferentEvents() {
        Scenario scenario = Scenario.of(service("web").limit(1));
        scenario.it()
                .start()
                .launched()
                .exits(1)
                .after(Duration.ofSeconds(1))
                .launched()
                .exits(1);

        assertThat(scenario.transitions.stream().filter(t -> t.failure().isPresent()))
                .extracting(Transition::toString)
                .containsExactly(
                        "service=web from=ready to=backoff failure=once"
                                + " reason=\"exited 1 after 0 ms; restart in 100 ms\"",
                        "service=web from=ready to=failed failure=gave-up"
                                + " reason=\"gave up after 1 restart in 60 s; last: exited 1 after 0 ms\"");
    }

    @Test
    void anEndThatIsNoFailureIsNoneOfThem() {
        Scenario scenario = Scenario.of(service("web").restart(Policy.ALWAYS));
        scenario.it().start().launched().exits(0).is(BACKOFF);

        assertThat(scenario.transitions).allMatch(t -> t.failure().isEmpty());
    }

    @Test
    void aStopDuringTheCoolDownEndsIt() {
        Scenario.On web = givenUp(Scenario.of(service("web").limit(3, COOL_DOWN)));

        web.stop().is(DOWN).after(COOL_DOWN).is(DOWN);
    }

    @Test
    void aStartDuringTheCoolDownDoesNotWaitForIt() {
        givenUp(Scenario.of(service("web").limit(3, COOL_DOWN))).start().is(STARTING);
    }

    @Test
    void aShutdownDuringTheCoolDownEndsIt() {
        Scenario scenario = Scenario.of(service("web").limit(3, COOL_DOWN));
        Scenario.On web = givenUp(scenario);

        scenario.shutDown(false);

        web.is(FAILED).after(COOL_DOWN).is(FAILED);
        assertThat(web.status().nextTry()).isEmpty();
    }

    @Test
    void theCoolDownGoesOnUnderTheNextSupervisor() {
        Scenario.On web = givenUp(Scenario.of(service("web").limit(3, COOL_DOWN)));

        web.event(new Event.Resumed(false, false)).is(FAILED).after(COOL_DOWN).is(STARTING);
    }

    @Test
    void s14_theLimitIsThatOfTheDependencyAndItsDependentIsNotTriedForEver() {
        Scenario scenario = Scenario.of(
                service("db").limit(3, COOL_DOWN).readyWithin(Duration.ofSeconds(30)),
                service("web").needs("db"));
        scenario.startAll();
        Scenario.On db = failing(scenario.it(), 3).launched();

        db.exits(1).is(FAILED);

        Scenario.On web = scenario.on("web").is(DEPENDENCY_FAILED);
        web.because("dependency \"db\" failed: " + db.status().reason());
        assertThat(web.run()).isZero();
        db.after(COOL_DOWN).launched().probeAnswers();
        web.is(STARTING);
    }

    @Test
    void s20_anEndThatTheYamlCallsASuccessIsNone() {
        Scenario.On job = Scenario.of(service("job").successAfter(75))
                .it()
                .start()
                .launched()
                .afterMillis(50);

        job.exits(75).is(FINISHED).because("exited 75 after 50 ms, which counts as success");
        job.startIs(StartOutcome.Kind.UP, "exited 75 after 50 ms, which counts as success");
    }

    @Test
    void onAbnormalAnExitCodeIsLeftAsItIs() {
        Scenario.On web = Scenario.of(service("web").restart(Policy.ON_ABNORMAL))
                .it()
                .start()
                .launched();

        web.exits(1).is(FAILED).because("exited 1 after 0 ms; restart policy is on-abnormal");
    }

    @Test
    void s13_theBudgetOfAllServicesHoldsBackWhoIsOverIt() {
        RestartBudgetSpec two = new RestartBudgetSpec(2, Duration.ofSeconds(20));
        Scenario scenario = Scenario.within(two, service("a"), service("b"), service("c"));
        scenario.startAll();
        for (String name : new String[] {"a", "b", "c"}) {
            scenario.on(name).launched();
        }
        scenario.after(Duration.ofSeconds(1));

        scenario.on("a").exits(1).is(STARTING);
        scenario.on("b").exits(1).is(STARTING);
        scenario.on("c")
                .exits(1)
                .is(BACKOFF)
                .because("exited 1 after 1 s; restart in 10 s, as the restart budget of all services is used up");
        scenario.on("c").after(Duration.ofSeconds(10)).is(STARTING);
    }

    @Test
    void s13_theBudgetIsNotForgottenByTheNextSupervisor() {
        RestartBudgetSpec one = new RestartBudgetSpec(1, Duration.ofSeconds(20));
        Scenario scenario = Scenario.within(one, service("a"), service("b"));
        scenario.startAll();
        scenario.on("a").launched();
        scenario.on("b").launched();
        scenario.after(Duration.ofSeconds(1));
        scenario.on("a").exits(1).is(STARTING);

        Project next = new Project(
                Specs.project(Optional.of(one), service("a"), service("b")),
                new ServiceMachine(new RestartGovernor(() -> 0.5)),
                scenario.now());
        scenario.project.statuses().forEach(next::restore);
        Event exit =
                new Event.MainExited(1, ExitStatus.exited(1), scenario.now().monotonicNanos(), true);
        next.accept(scenario.on("b").status().name(), exit, scenario.now());

        assertThat(next.status(scenario.on("b").status().name()).reason())
                .endsWith("restart in 20 s, as the restart budget of all services is used up");
    }

    @Test
    void aStartByAPersonIsNotOfTheBudgetAndDoesNotRefillIt() {
        RestartBudgetSpec one = new RestartBudgetSpec(1, Duration.ofSeconds(20));
        Scenario scenario = Scenario.within(one, service("a"));
        Scenario.On a =
                scenario.it().start().launched().after(Duration.ofSeconds(1)).exits(1);
        a.is(STARTING).launched().restart().exits(143).is(STARTING);

        a.launched().after(Duration.ofSeconds(1)).exits(1).is(BACKOFF);

        a.start().launched().afterMillis(250).is(READY);
    }
}

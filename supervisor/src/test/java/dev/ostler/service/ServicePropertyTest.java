package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/** What holds whatever happens. */
class ServicePropertyTest {
    private static final List<String> SERVICES = List.of("db", "app", "web");

    /** Any event in any order, even those that no world could send: no illegal edge, no illegal status. */
    @Property(tries = 2000)
    void noEventTakesAServiceOffItsTable(
            @ForAll("specs") ServiceSpec spec, @ForAll("events") List<Tuple.Tuple2<Event, Integer>> events) {
        ServiceMachine machine = new ServiceMachine(new RestartGovernor(() -> 0.5));
        long nanos = 1_000_000_000;
        ServiceStatus status = ServiceStatus.initial(spec.name(), at(nanos));
        for (Tuple.Tuple2<Event, Integer> entry : events) {
            nanos += Duration.ofMillis(entry.get2()).toNanos();
            Step step;
            try {
                step = machine.step(spec, status, ofRun(entry.get1(), status), at(nanos));
            } catch (UnexpectedEventException ignored) { // said in words: the caller is at fault, the status holds
                continue;
            }
            check(status, step);
            status = step.status();
        }
    }

    private static void check(ServiceStatus before, Step step) {
        ServiceStatus after = step.status();
        assertThat(after.state() != before.state()).isEqualTo(step.transition().isPresent());
        step.transition()
                .ifPresent(edge -> assertThat(TransitionTable.allows(edge.from(), edge.to()))
                        .as("%s", edge)
                        .isTrue());
        if (after.deadlineNanos().isPresent()) {
            assertThat(after.state().ownsDeadline()).isTrue();
        }
        for (Action action : step.actions()) {
            assertThat(action.run()).isEqualTo(after.run().number());
            if (action instanceof Action.Spawn
                    && after.run().number() != before.run().number()) {
                assertThat(before.state().isAlive()).isFalse();
                assertThat(after.wanted()).isEqualTo(Wanted.UP);
            }
        }
    }

    private static Moment at(long nanos) {
        return new Moment(nanos, Instant.EPOCH.plusNanos(nanos));
    }

    @Provide
    Arbitrary<ServiceSpec> specs() {
        return Combinators.combine(
                        Arbitraries.of(Policy.class),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(true, false),
                        Arbitraries.of(HealthSpec.Action.class).optional())
                .as((policy, limit, probe, health) -> {
                    Specs spec = Specs.service("web").restart(policy).limit(limit);
                    health.ifPresent(action -> spec.health(2, Duration.ofMillis(300), action));
                    return (probe ? spec.readyWithin(Duration.ofSeconds(2), 2) : spec).spec();
                });
    }

    /** Run numbers are filled in by {@link #ofRun}: 0 stands for an old run, 1 for the present one, 2 for a new one. */
    @Provide
    Arbitrary<List<Tuple.Tuple2<Event, Integer>>> events() {
        Arbitrary<Integer> run = Arbitraries.frequency(Tuple.of(1, 0), Tuple.of(12, 1), Tuple.of(1, 2));
        ServiceName db = new ServiceName("db");
        Arbitrary<Event> event = Arbitraries.oneOf(
                Arbitraries.of(Requester.class).map(Event.StartRequested::new),
                Arbitraries.of(Requester.class).map(Event.RestartRequested::new),
                Combinators.combine(Arbitraries.of(Requester.class), Arbitraries.of(true, false))
                        .as(Event.StopRequested::new),
                Arbitraries.of(
                        new Event.StopAnnounced(Requester.PERSON),
                        new Event.StopAnnounced(Requester.SHUTDOWN),
                        new Event.RestartAnnounced(Requester.PERSON),
                        new Event.DependencyLost(new ExitCause.Dependency(db, "failed")),
                        new Event.Tick(),
                        new Event.Resumed(true, true),
                        new Event.Resumed(true, false),
                        new Event.Resumed(false, true),
                        new Event.Resumed(false, false)),
                Arbitraries.of(
                                new DependencyOutlook.Met(),
                                new DependencyOutlook.Met(),
                                new DependencyOutlook.Pending(List.of(), Optional.empty()),
                                DependencyOutlook.Impossible.because(db, "is down"))
                        .map(Event.DependenciesChanged::new),
                run.map(r -> new Event.Spawned(r, new Pid(7), "guard", 5, Instant.EPOCH)),
                run.map(Event.LaunchSucceeded::new),
                run.map(r -> new Event.LaunchFailed(r, "refused")),
                Combinators.combine(run, Arbitraries.of(ProbePurpose.class), Arbitraries.of(true, false))
                        .as((r, purpose, good) ->
                                new Event.Probed(r, purpose, good ? Optional.empty() : Optional.of("refused"))),
                run.map(Event.TreeGone::new),
                run.map(r -> new Event.Killed(r, 2)),
                Combinators.combine(run, Arbitraries.of(0, 256, 36608, 9, 15), Arbitraries.of(true, false))
                        .as((r, raw, gone) -> new Event.MainExited(r, new ExitStatus(raw), 9, gone)));
        return Combinators.combine(event, Arbitraries.of(0, 10, 300, 3000, 20_000))
                .as(Tuple::of)
                .list()
                .ofMaxSize(60);
    }

    private static Event ofRun(Event event, ServiceStatus status) {
        if (!(event instanceof Event.OfRun ofRun)) {
            return event;
        }
        int run = status.run().number() + ofRun.run() - 1;
        if (event instanceof Event.Spawned e) {
            return new Event.Spawned(run, e.pid(), e.means(), e.startedNanos(), e.startedWall());
        } else if (event instanceof Event.LaunchFailed e) {
            return new Event.LaunchFailed(run, e.text());
        } else if (event instanceof Event.MainExited e) {
            return new Event.MainExited(run, e.status(), e.endedNanos(), e.treeGone());
        } else if (event instanceof Event.Killed e) {
            return new Event.Killed(run, e.count());
        } else if (event instanceof Event.LaunchSucceeded) {
            return new Event.LaunchSucceeded(run);
        } else if (event instanceof Event.Probed e) {
            return new Event.Probed(run, e.purpose(), e.failure());
        }
        return new Event.TreeGone(run);
    }

    /** S10: commands among crashes, then a world that behaves: each service is as its last command says. */
    @Property(tries = 1000)
    void s10_theLastAcceptedCommandWins(@ForAll long seed) {
        Random random = new Random(seed);
        theLastCommandWins(new FakeWorld(random), random);
    }

    /** The same when the supervisor dies again and again, between storing a decision and acting on it. */
    @Property(tries = 1000)
    void s27_theLastAcceptedCommandWinsOverDeathsOfTheSupervisor(@ForAll long seed) {
        Random random = new Random(seed);
        theLastCommandWins(new FakeWorld(random).whereTheSupervisorMayDie(), random);
    }

    private static void theLastCommandWins(FakeWorld world, Random random) {
        for (int i = 0; i < 80; i++) {
            if (random.nextInt(4) == 0) {
                command(world, random);
            } else {
                world.somethingHappens();
            }
        }

        world.settle();

        for (ServiceStatus status : world.project().statuses()) {
            assertThat(status.wanted()).as("%s", status).isEqualTo(world.lastCommand(status.name()));
            boolean skipped = status.state() == ServiceState.DEPENDENCY_FAILED
                    && world.project().graph().transitiveDependencies(status.name()).stream()
                            .anyMatch(name -> world.lastCommand(name) == Wanted.DOWN);
            assertThat(status.state() == ServiceState.READY)
                    .as("%s", status)
                    .isEqualTo(status.wanted() == Wanted.UP && !skipped);
            assertThat(status.startOutcome().isPending() && status.wanted() == Wanted.UP)
                    .as("a caller that gets no answer: %s", status)
                    .isFalse();
            assertThat(world.processes(status.name()) > 0).isEqualTo(status.state() == ServiceState.READY);
        }
    }

    /** Down ends everything, in order, whatever was under way. */
    @Property(tries = 500)
    void downLeavesNothingAndHoldsTheOrder(@ForAll long seed) {
        Random random = new Random(seed);
        FakeWorld world = new FakeWorld(random);
        if (random.nextBoolean()) {
            world.whereTheSupervisorMayDie();
        }
        world.startAll();
        for (int i = 0; i < random.nextInt(60); i++) {
            world.somethingHappens();
        }

        world.shutDown();
        for (int i = 0; i < 20; i++) {
            world.somethingHappens();
        }
        world.settle();

        assertThat(world.project().isAllDown()).isTrue();
        for (String service : SERVICES) {
            assertThat(world.processes(new ServiceName(service))).isZero();
        }
    }

    private static void command(FakeWorld world, Random random) {
        ServiceName name = new ServiceName(SERVICES.get(random.nextInt(SERVICES.size())));
        switch (random.nextInt(4)) {
            case 0 -> world.start(name);
            case 1 -> world.restart(List.of(name));
            case 2 -> world.stop(List.of(name));
            default -> world.kill(name);
        }
    }
}

package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.RestartSpec.Policy;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.Consumer;
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
            if (action instanceof Action.CheckConditions) {
                assertThat(action.run()).isEqualTo(after.lastRun() + 1);
            } else {
                assertThat(List.of(after.run().number(), hook(after), hook(before)))
                        .as("%s", action)
                        .contains(action.run());
            }
            if (action instanceof Action.Spawn
                    && after.run().number() != before.run().number()) {
                assertThat(before.state())
                        .as("%s", before)
                        .matches(state -> !state.isAlive() || state == ServiceState.PREPARING);
                assertThat(after.wanted()).isEqualTo(Wanted.UP);
            }
        }
    }

    private static int hook(ServiceStatus status) {
        return status.hook().map(HookRun::run).orElse(0);
    }

    private static Moment at(long nanos) {
        return new Moment(nanos, Instant.EPOCH.plusNanos(nanos));
    }

    @Provide
    Arbitrary<ServiceSpec> specs() {
        return Combinators.combine(
                        Arbitraries.of(Policy.class),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(Kind.class),
                        Arbitraries.of(Readiness.class),
                        Arbitraries.of(HealthSpec.Action.class).optional(),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false))
                .as((policy, limit, kind, readiness, health, hooks, condition, dumps) -> {
                    Specs spec = Specs.service("web").restart(policy).limit(limit);
                    health.ifPresent(action -> spec.health(2, Duration.ofMillis(300), action));
                    kind.make.accept(spec);
                    readiness.make.accept(spec);
                    if (hooks) {
                        spec.hooks(HookSpec.Kind.values());
                    }
                    if (condition) {
                        spec.condition();
                    }
                    return (dumps ? spec.heapDumpGrace(Duration.ofSeconds(5)) : spec).spec();
                });
    }

    private enum Kind {
        LONG_RUNNING(spec -> {}),
        ONESHOT(spec -> spec.oneshot(false)),
        ONESHOT_THAT_REMAINS(spec -> spec.oneshot(true)),
        FORKING(Specs::forking),
        BY_TRAFFIC(Specs::startedByTraffic);

        private final Consumer<Specs> make;

        Kind(Consumer<Specs> make) {
            this.make = make;
        }
    }

    private enum Readiness {
        AT_ONCE(spec -> {}),
        PROBED(spec -> spec.readyWithin(Duration.ofSeconds(2), 2)),
        TOLD(spec -> spec.tellsReadyWithin(Duration.ofSeconds(2))),
        WATCHED(spec -> spec.watchdog(Duration.ofSeconds(1)));

        private final Consumer<Specs> make;

        Readiness(Consumer<Specs> make) {
            this.make = make;
        }
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
                        new Event.Armed(),
                        new Event.ConditionsChecked(new ConditionOutlook.Met()),
                        new Event.ConditionsChecked(new ConditionOutlook.Pending("waiting for link \"eth0\"")),
                        new Event.ConditionsChecked(new ConditionOutlook.Unmet("no link \"eth0\"")),
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
                Combinators.combine(run, notices()).as(Event.Notified::new),
                run.map(r -> new Event.MainChanged(r, new Pid(8))),
                run.map(r -> new Event.MainAwaited(r, "\"/run/web.pid\" is empty")),
                Combinators.combine(run, Arbitraries.of(1L, 3L))
                        .as((r, count) -> new Event.OomKilled(r, count, "64 MiB")),
                Combinators.combine(
                                run,
                                Arbitraries.of(
                                                new Event.HeapDump("java_pid7.hprof", 1),
                                                new Event.HeapDump("x", 1 << 20))
                                        .optional())
                        .as(Event.HeapDumpLooked::new),
                Combinators.combine(run, Arbitraries.integers().between(0, 3)).as(Event.StopStepEnded::new),
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
        } else if (event instanceof Event.LaunchSucceeded) {
            return new Event.LaunchSucceeded(run);
        } else if (event instanceof Event.Probed e) {
            return new Event.Probed(run, e.purpose(), e.failure());
        } else if (event instanceof Event.Notified e) {
            return new Event.Notified(run, e.notice());
        } else if (event instanceof Event.MainChanged e) {
            return new Event.MainChanged(run, e.pid());
        } else if (event instanceof Event.MainAwaited e) {
            return new Event.MainAwaited(run, e.why());
        }
        return ofRunThatEnds(event, run);
    }

    private static Event ofRunThatEnds(Event event, int run) {
        if (event instanceof Event.MainExited e) {
            return new Event.MainExited(run, e.status(), e.endedNanos(), e.treeGone());
        } else if (event instanceof Event.OomKilled e) {
            return new Event.OomKilled(run, e.count(), e.memory());
        } else if (event instanceof Event.HeapDumpLooked e) {
            return new Event.HeapDumpLooked(run, e.dump());
        } else if (event instanceof Event.StopStepEnded e) {
            return new Event.StopStepEnded(run, e.step());
        } else if (event instanceof Event.Killed e) {
            return new Event.Killed(run, e.count());
        } else if (event instanceof Event.TreeGone) {
            return new Event.TreeGone(run);
        }
        throw new AssertionError("not played: " + event);
    }

    private static Arbitrary<Notice> notices() {
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(true, false),
                        Arbitraries.of(Notice.Watchdog.class),
                        Arbitraries.of(Duration.ZERO, Duration.ofMillis(200)).optional(),
                        Arbitraries.of(Duration.ofSeconds(1), Duration.ofSeconds(60))
                                .optional(),
                        Arbitraries.of(new Pid(7), new Pid(9)).optional())
                .as((ready, reloading, stopping, watchdog, period, extend, main) -> new Notice(
                        ready,
                        reloading,
                        stopping,
                        Optional.of("busy"),
                        OptionalInt.empty(),
                        watchdog,
                        period,
                        extend,
                        main));
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

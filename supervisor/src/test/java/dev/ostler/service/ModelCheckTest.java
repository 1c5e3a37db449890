package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.Dependency.Condition;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Random projects, played by chance with a fake clock: commands, crashes, refusals, ticks and deaths of the supervisor.
 * What must hold after each of them is checked by {@link FakeWorld}, what must hold in the end here.
 * {@code -Dostler.long=true} plays a million; {@code -Dostler.seed=N -Dostler.sequences=1} plays one again.
 */
class ModelCheckTest {
    private static final int SEQUENCES =
            Integer.getInteger("ostler.sequences", Boolean.getBoolean("ostler.long") ? 1_000_000 : 10_000);
    private static final int LENGTH = 200;

    @Test
    void noSequenceOfEventsBreaksAnInvariant() {
        long seed = Long.getLong("ostler.seed", System.nanoTime());
        System.out.println(SEQUENCES + " sequences of " + LENGTH + " events, -Dostler.seed=" + seed);
        for (int i = 0; i < SEQUENCES; i++) {
            try {
                play(new Random(seed + i));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("-Dostler.seed=" + (seed + i) + " -Dostler.sequences=1", e);
            }
        }
    }

    private static void play(Random random) {
        FakeWorld world = new FakeWorld(random, RandomProjects.project(random));
        if (random.nextBoolean()) {
            world.whereTheSupervisorMayDie();
        }
        world.startAll();
        int shutDownAt = random.nextInt(4) == 0 ? random.nextInt(LENGTH) : LENGTH;
        for (int i = 1; i < LENGTH; i++) {
            if (i == shutDownAt) {
                world.shutDown();
            } else if (i < shutDownAt && random.nextInt(5) == 0) {
                command(world, random);
            } else {
                world.somethingHappens();
            }
            world.check();
            world.project().statuses().stream()
                    .filter(status -> status.isUnderWay() && !status.isLeaving())
                    .forEach(status -> checkNothingIsMissed(world.project(), status));
        }
        world.settle();
        world.project().statuses().forEach(status -> checkEnd(world, status));
    }

    private static void command(FakeWorld world, Random random) {
        List<ServiceName> names =
                world.project().statuses().stream().map(ServiceStatus::name).toList();
        ServiceName name = names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> world.start(name);
            case 1 -> world.restart(List.of(name));
            case 2 -> world.restart(some(names, random));
            case 3 -> world.stop(List.of(name));
            case 4 -> world.stop(some(names, random));
            default -> world.kill(name);
        }
    }

    private static List<ServiceName> some(List<ServiceName> names, Random random) {
        return names.stream().filter(name -> random.nextBoolean()).toList();
    }

    /** Nothing crashes any more and nothing more will happen. */
    private static void checkEnd(FakeWorld world, ServiceStatus status) {
        Project project = world.project();
        DependencyOutlook outlook = DependencyOutlook.of(project.spec(status.name()), project::status);
        assertThat(status.wanted()).as("%s", status).isEqualTo(world.lastCommand(status.name()));
        switch (status.state()) {
            case READY, COMPLETED, FAILED, FINISHED, SKIPPED ->
                assertThat(status.wanted() == Wanted.UP || project.isShuttingDown())
                        .as("%s", status)
                        .isTrue();
            case DOWN -> assertThat(status.wanted()).as("%s", status).isEqualTo(Wanted.DOWN);
            case WAITING -> assertThat(outlook).as("%s", status).isInstanceOf(DependencyOutlook.Pending.class);
            case DEPENDENCY_FAILED ->
                assertThat(outlook instanceof DependencyOutlook.Impossible || project.isShuttingDown())
                        .as("%s", status)
                        .isTrue();
            default -> throw new AssertionError("does not stay so: " + status);
        }
        assertThat(status.startOutcome().isPending()
                        && status.wanted() == Wanted.UP
                        && status.state() != ServiceState.WAITING)
                .as("a caller that gets no answer: %s", status)
                .isFalse();
        assertThat(world.processes(status.name()) > 0).as("%s", status).isEqualTo(status.state() == ServiceState.READY);
    }

    /** A failure has reached whoever cannot be without. */
    private static void checkNothingIsMissed(Project project, ServiceStatus status) {
        for (Dependency dependency : project.spec(status.name()).dependsOn()) {
            ServiceState there = project.status(dependency.service()).state();
            boolean failed = there == ServiceState.FAILED || there == ServiceState.DEPENDENCY_FAILED;
            boolean concerned = dependency.required()
                    && (dependency.restart() || dependency.condition().isOfRunning());
            boolean met = there == ServiceState.FAILED && dependency.condition() == Condition.COMPLETED;
            if (failed && concerned && !met) {
                throw new AssertionError(status + " runs without " + dependency);
            }
        }
    }
}

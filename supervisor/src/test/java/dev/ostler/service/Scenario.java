package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.ExitOn;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.RestartBudgetSpec;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** A project, a clock that only tests move, and a world in which only that happens which the test says. */
final class Scenario {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

    final Project project;
    final List<Transition> transitions = new ArrayList<>();
    private final List<Action> actions = new ArrayList<>();
    private final ServiceName name;
    private long nanos = Duration.ofHours(1).toNanos();

    private Scenario(ProjectSpec spec, String name) {
        this.name = new ServiceName(name);
        project = new Project(spec, new ServiceMachine(new RestartGovernor(() -> 0.5)), now());
    }

    /** Some services, the first one being {@link #it}. */
    static Scenario of(Specs... specs) {
        return new Scenario(Specs.project(specs), specs[0].spec().name().value());
    }

    /** The same where services share a budget of restarts. */
    static Scenario within(RestartBudgetSpec budget, Specs... specs) {
        return new Scenario(
                Specs.project(Optional.of(budget), specs),
                specs[0].spec().name().value());
    }

    /** The same where whoever runs Ostler is in a hurry. */
    static Scenario withOuterGrace(Duration outerGrace, Specs... specs) {
        ProjectSpec project = Specs.project(specs);
        return new Scenario(
                new ProjectSpec(project.directory(), project.services(), Optional.empty(), Optional.of(outerGrace)),
                specs[0].spec().name().value());
    }

    /** The same where the project may come to its end by itself. */
    static Scenario endingOn(ExitOn exitOn, Specs... specs) {
        ProjectSpec project = Specs.project(specs);
        return new Scenario(
                new ProjectSpec(project.directory(), project.services(), Optional.empty(), Optional.empty(), exitOn),
                specs[0].spec().name().value());
    }

    Moment now() {
        return new Moment(nanos, EPOCH.plusNanos(nanos));
    }

    On on(String service) {
        return new On(new ServiceName(service));
    }

    On it() {
        return new On(name);
    }

    /** Time passes; deadlines are met one by one, as a timer would. */
    Scenario after(Duration duration) {
        long end = nanos + duration.toNanos();
        OptionalLong next = project.nextDeadlineNanos();
        while (next.isPresent() && next.getAsLong() <= end) {
            nanos = Math.max(nanos, next.getAsLong());
            took(project.tick(now()));
            next = project.nextDeadlineNanos();
        }
        nanos = end;
        return this;
    }

    Scenario afterMillis(long millis) {
        return after(Duration.ofMillis(millis));
    }

    Scenario stop(String... services) {
        return took(project.stop(names(services), now()));
    }

    Scenario restart(String... services) {
        return took(project.restart(names(services), now()));
    }

    private static List<ServiceName> names(String... services) {
        return Arrays.stream(services).map(ServiceName::new).toList();
    }

    Scenario shutDown(boolean immediately) {
        return shutDown(immediately ? Haste.AT_ONCE : Haste.NONE);
    }

    Scenario shutDown(Haste haste) {
        return took(project.shutDown(haste, now()));
    }

    Scenario startAll() {
        return took(project.startAll(now()));
    }

    /** The actions since the last time they were asked for. */
    List<Action> actions() {
        List<Action> result = List.copyOf(actions);
        actions.clear();
        return result;
    }

    Scenario took(List<Step> steps) {
        for (Step step : steps) {
            actions.addAll(step.actions());
            step.transition().ifPresent(transitions::add);
        }
        return this;
    }

    /** What happens to one service; each returns it. */
    final class On {
        private final ServiceName service;

        private On(ServiceName service) {
            this.service = service;
        }

        ServiceStatus status() {
            return project.status(service);
        }

        long nowNanos() {
            return nanos;
        }

        int run() {
            return status().run().number();
        }

        /** Number of the hook that is run. */
        int hook() {
            return status().hook().orElseThrow().run();
        }

        On event(Event event) {
            took(project.accept(service, event, now()));
            return this;
        }

        On start() {
            took(project.start(service, now()));
            return this;
        }

        On stop() {
            took(project.stop(List.of(service), now()));
            return this;
        }

        On kill() {
            took(project.kill(service, now()));
            return this;
        }

        On restart() {
            took(project.restart(List.of(service), now()));
            return this;
        }

        On spawned() {
            return event(new Event.Spawned(run(), new Pid(1000 + run()), "guard", nanos, now().wall()));
        }

        /** Its process exists and its program executes. */
        On launched() {
            return spawned().event(new Event.LaunchSucceeded(run()));
        }

        On refused(String text) {
            return event(new Event.LaunchFailed(run(), text));
        }

        On probeAnswers() {
            return event(new Event.Probed(run(), ProbePurpose.READINESS, Optional.empty()));
        }

        /** Its readiness probe fails once. */
        On probeFails(String why) {
            return event(new Event.Probed(run(), ProbePurpose.READINESS, Optional.of(why)));
        }

        On healthy() {
            return event(new Event.Probed(run(), ProbePurpose.HEALTH, Optional.empty()));
        }

        /** Its health probe fails once. */
        On healthFails(String why) {
            return event(new Event.Probed(run(), ProbePurpose.HEALTH, Optional.of(why)));
        }

        On healthIs(Health.State state) {
            assertThat(status().health().state()).isEqualTo(state);
            return this;
        }

        /** The main process ends and leaves nobody behind. */
        On exits(int code) {
            return event(new Event.MainExited(run(), ExitStatus.exited(code), nanos, true));
        }

        On diesBy(Signal signal) {
            return event(new Event.MainExited(run(), ExitStatus.killedBy(signal), nanos, true));
        }

        On exitsLeavingOthers(int code) {
            return event(new Event.MainExited(run(), ExitStatus.exited(code), nanos, false));
        }

        On othersGone() {
            return event(new Event.TreeGone(run()));
        }

        On after(Duration duration) {
            Scenario.this.after(duration);
            return this;
        }

        On afterMillis(long millis) {
            Scenario.this.afterMillis(millis);
            return this;
        }

        /** Asserts the state. */
        On is(ServiceState state) {
            assertThat(status().state())
                    .as("state, because: %s", status().reason())
                    .isEqualTo(state);
            return this;
        }

        On because(String reason) {
            assertThat(status().reason()).isEqualTo(reason);
            return this;
        }

        On startIs(StartOutcome.Kind kind, String text) {
            assertThat(status().startOutcome()).isEqualTo(new StartOutcome(kind, text));
            return this;
        }

        On startIsPending() {
            assertThat(status().startOutcome().isPending()).isTrue();
            return this;
        }

        /** Asserts all actions of all services since the last look. */
        On does(Action... expected) {
            assertThat(actions()).containsExactly(expected);
            return this;
        }

        On forgetActions() {
            Scenario.this.actions();
            return this;
        }

        Action spawn() {
            return new Action.Spawn(run());
        }

        Action signal(Signal signal, StopSpec.Scope scope) {
            return new Action.SendSignal(run(), signal, scope);
        }

        Action killAll() {
            return new Action.KillAll(run());
        }
    }
}

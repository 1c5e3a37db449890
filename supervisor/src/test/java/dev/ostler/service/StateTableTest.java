package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.HookSpec;
import dev.ostler.spec.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What each event does in each state, line by line, as written in {@code every-state-and-event.txt}. {@code -Dostler.write=true}
 * writes it anew: read the difference, it is the change of behaviour.
 */
class StateTableTest {
    private static final Path TABLE = Path.of("src/test/resources/service/every-state-and-event.txt");
    private static final ServiceName WEB = new ServiceName("web");
    private static final ServiceName DB = new ServiceName("db");
    private static final Moment START = new Moment(Duration.ofHours(1).toNanos(), Instant.EPOCH);
    private static final Moment NOW = new Moment(START.nanosAfter(Duration.ofSeconds(2)), Instant.EPOCH.plusSeconds(2));
    private static final ServiceSpec SPEC =
            Specs.service("web").readyWithin(Duration.ofSeconds(30)).health(1).spec();

    private final ServiceMachine machine = new ServiceMachine(new RestartGovernor(() -> 0));

    @Test
    void everyEventDoesInEveryStateWhatIsWritten() throws IOException {
        if (Boolean.getBoolean("ostler.write")) {
            Files.createDirectories(TABLE.getParent());
            Files.writeString(TABLE, table());
        }

        assertThat(table())
                .as("run: mvn test -pl supervisor -Dtest=StateTableTest -Dostler.write=true, and read the difference")
                .isEqualTo(Files.readString(TABLE));
    }

    @Test
    void noStateAndNoEventIsLeftOut() {
        assertThat(statuses().values().stream().map(ServiceStatus::state).collect(Collectors.toSet()))
                .isEqualTo(EnumSet.allOf(ServiceState.class));
        assertThat(events().values().stream().<Class<?>>map(Event::getClass).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(kinds(Event.class).toList());
    }

    private static Stream<Class<?>> kinds(Class<?> type) {
        return type.isSealed()
                ? Arrays.stream(type.getPermittedSubclasses()).flatMap(StateTableTest::kinds)
                : Stream.of(type);
    }

    private String table() {
        StringBuilder text = new StringBuilder("""
                # What each event does in each state of a service that has probes and restarts on failure.
                # "-" nothing at all; "same" the state stays, something else of the status changes; "impossible" is refused.
                """);
        for (Map.Entry<String, Event> event : events().entrySet()) {
            text.append('\n').append(event.getKey()).append('\n');
            statuses()
                    .forEach((name, status) ->
                            text.append("    %-24s %s%n".formatted(name, effect(status, event.getValue()))));
        }
        return text.toString();
    }

    private String effect(ServiceStatus before, Event event) {
        Step step;
        try {
            step = machine.step(SPEC, before, event, NOW);
        } catch (UnexpectedEventException ignored) { // that is the effect
            return "impossible";
        }
        List<String> words = new ArrayList<>();
        words.add(step.transition()
                .map(edge -> edge.to().toString())
                .orElse(step.status().equals(before) && step.actions().isEmpty() ? "-" : "same"));
        step.actions().forEach(action -> words.add("+ " + action.verb()));
        if (step.status().wanted() != before.wanted()) {
            words.add("wanted " + step.status().wanted());
        }
        if (!step.status().startOutcome().equals(before.startOutcome())) {
            words.add("start " + step.status().startOutcome().kind().toString().toLowerCase(Locale.ROOT));
        }
        if (step.status().startAgain() != before.startAgain()) {
            words.add(step.status().startAgain() ? "to be started again" : "not to be started again");
        }
        return String.join(", ", words);
    }

    /** Each state as it is when it has just become so, its deadline over. */
    private static Map<String, ServiceStatus> statuses() {
        Map<String, ServiceStatus> statuses = new LinkedHashMap<>();
        Run none = Run.NONE;
        Run requested = Run.requested(1, START);
        Run running =
                requested.spawned(new Event.Spawned(1, new Pid(7), "guard", START.monotonicNanos(), Instant.EPOCH));
        Run left = running.exited(new Event.MainExited(1, ExitStatus.exited(1), NOW.monotonicNanos(), false));
        Run over = running.exited(new Event.MainExited(1, ExitStatus.exited(1), NOW.monotonicNanos(), true));
        ExitCause stop = new ExitCause.RequestedStop(Requester.PERSON, false);
        ExitCause failure = new ExitCause.ExitCode(1);
        ExitCause lost = new ExitCause.Dependency(DB, "failed");
        statuses.put("down", status(ServiceState.DOWN, Wanted.DOWN, none, null));
        statuses.put("waiting", status(ServiceState.WAITING, Wanted.UP, none, null));
        statuses.put("preparing", status(ServiceState.PREPARING, Wanted.UP, Run.notYet(1, START), null));
        statuses.put("starting", status(ServiceState.STARTING, Wanted.UP, requested, null));
        statuses.put("starting, with process", status(ServiceState.STARTING, Wanted.UP, running, null));
        statuses.put("started", status(ServiceState.STARTED, Wanted.UP, running, null));
        statuses.put(
                "started, a daemon to come", status(ServiceState.STARTED, Wanted.UP, running.awaitingMain(true), null));
        statuses.put(
                "started, a daemon to be found",
                status(ServiceState.STARTED, Wanted.UP, left.awaitingMain(true), null));
        statuses.put("ready", status(ServiceState.READY, Wanted.UP, running, null));
        statuses.put("stopping, no process yet", status(ServiceState.STOPPING, Wanted.DOWN, requested, stop));
        statuses.put("stopping, by command", status(ServiceState.STOPPING, Wanted.DOWN, running, stop));
        statuses.put("stopping, main ended", status(ServiceState.STOPPING, Wanted.DOWN, left, stop));
        statuses.put("stopping, dependency", status(ServiceState.STOPPING, Wanted.UP, left, lost));
        statuses.put("cleaning", status(ServiceState.CLEANING, Wanted.UP, left, failure));
        statuses.put("winding-up", status(ServiceState.WINDING_UP, Wanted.UP, over, failure));
        statuses.put("backoff", status(ServiceState.BACKOFF, Wanted.UP, over, null));
        statuses.put("finished", status(ServiceState.FINISHED, Wanted.UP, over, null));
        statuses.put("completed", status(ServiceState.COMPLETED, Wanted.UP, over, null));
        statuses.put("failed", status(ServiceState.FAILED, Wanted.UP, over, null));
        statuses.put("dependency-failed", status(ServiceState.DEPENDENCY_FAILED, Wanted.UP, none, null));
        statuses.put("skipped", status(ServiceState.SKIPPED, Wanted.UP, none, null));
        return statuses;
    }

    private static ServiceStatus status(ServiceState state, Wanted wanted, Run run, ExitCause ending) {
        boolean needsHook = state == ServiceState.PREPARING || state == ServiceState.WINDING_UP;
        HookSpec.Kind hook = state == ServiceState.PREPARING ? HookSpec.Kind.PRE_START : HookSpec.Kind.POST_STOP;
        boolean due = state.ownsDeadline()
                && !(state == ServiceState.STOPPING && run.pid().isEmpty());
        return new ServiceStatus(
                WEB,
                state,
                wanted,
                "as a test wants it",
                START,
                run,
                run.number() + 1,
                needsHook
                        ? Optional.of(HookRun.requested(hook, run.number() + 1).spawned(new Pid(8)))
                        : Optional.empty(),
                due ? OptionalLong.of(NOW.monotonicNanos()) : OptionalLong.empty(),
                Optional.ofNullable(ending)
                        .map(cause -> Ladder.because(cause).at(run.pid().isPresent() ? 2 : 0)),
                false,
                RestartRecord.NONE,
                StartOutcome.PENDING,
                Health.unknown(START),
                run.mainExit()
                        .map(exit -> new Exit(
                                1,
                                new ExitCause.ExitCode(1),
                                Optional.of(exit.status()),
                                Duration.ZERO,
                                Instant.EPOCH)));
    }

    private static Map<String, Event> events() {
        Map<String, Event> events = new LinkedHashMap<>();
        events.put("start by a person", new Event.StartRequested(Requester.PERSON));
        events.put("start by a dependent", new Event.StartRequested(Requester.DEPENDENT));
        events.put("stop", new Event.StopRequested(Requester.PERSON, false));
        events.put("stop at once", new Event.StopRequested(Requester.PERSON, true));
        events.put("restart", new Event.RestartRequested(Requester.PERSON));
        events.put("stop, in its turn", new Event.StopAnnounced(Requester.PERSON));
        events.put("stop of all, in its turn", new Event.StopAnnounced(Requester.SHUTDOWN));
        events.put("restart, in its turn", new Event.RestartAnnounced(Requester.PERSON));
        events.put("conditions hold", new Event.ConditionsChecked(new ConditionOutlook.Met()));
        events.put("a condition is waited for", new Event.ConditionsChecked(new ConditionOutlook.Pending("later")));
        events.put("a condition does not hold", new Event.ConditionsChecked(new ConditionOutlook.Unmet("no")));
        events.put("dependencies are met", new Event.DependenciesChanged(new DependencyOutlook.Met()));
        events.put(
                "dependencies are not met yet",
                new Event.DependenciesChanged(new DependencyOutlook.Pending(List.of(), Optional.empty())));
        events.put(
                "a dependency cannot be met",
                new Event.DependenciesChanged(DependencyOutlook.Impossible.because(DB, "failed")));
        events.put("a dependency is lost", new Event.DependencyLost(new ExitCause.Dependency(DB, "failed")));
        events.put("process exists", new Event.Spawned(1, new Pid(7), "guard", START.monotonicNanos(), Instant.EPOCH));
        events.put("program executes", new Event.LaunchSucceeded(1));
        events.put("launch refused", new Event.LaunchFailed(1, "refused"));
        events.put("probe answers", probed(ProbePurpose.READINESS, Optional.empty()));
        events.put("probe fails", probed(ProbePurpose.READINESS, Optional.of("refused")));
        events.put("health probe answers", probed(ProbePurpose.HEALTH, Optional.empty()));
        events.put("health probe fails", probed(ProbePurpose.HEALTH, Optional.of("refused")));
        events.put("it tells that it is ready", new Event.Notified(1, Notice.READY));
        events.put("it asks for its restart", new Event.Notified(1, Notice.RESTART));
        events.put("traffic is to start it", new Event.Armed());
        events.put("main exits 0, nobody left", exit(ExitStatus.exited(0), true));
        events.put("main exits 1, nobody left", exit(ExitStatus.exited(1), true));
        events.put("main killed, others left", exit(ExitStatus.killedBy(Signal.KILL), false));
        events.put("main exits 0, others left", exit(ExitStatus.exited(0), false));
        events.put("another main process", new Event.MainChanged(1, new Pid(9)));
        events.put("daemon not found yet", new Event.MainAwaited(1, "its pid file is empty"));
        events.put("nobody is left", new Event.TreeGone(1));
        events.put("killed two", new Event.Killed(1, 2));
        events.put("the kernel kills for memory", new Event.OomKilled(1, 1, "64 MiB of 64 MiB"));
        events.put("a step of the ladder is done", new Event.StopStepEnded(1, 1));
        events.put(
                "a heap dump is being written", new Event.HeapDumpLooked(1, Optional.of(new Event.HeapDump("h", 1))));
        events.put("hook exists", new Event.Spawned(2, new Pid(8), "guard", START.monotonicNanos(), Instant.EPOCH));
        events.put("hook refused", new Event.LaunchFailed(2, "refused"));
        events.put("hook exits 0, nobody left", hookExit(ExitStatus.exited(0), true));
        events.put("hook exits 1, nobody left", hookExit(ExitStatus.exited(1), true));
        events.put("hook exits 0, others left", hookExit(ExitStatus.exited(0), false));
        events.put("nobody of the hook is left", new Event.TreeGone(2));
        events.put("deadline", new Event.Tick());
        events.put("new supervisor, run known", new Event.Resumed(true, true));
        events.put("new supervisor, run unknown", new Event.Resumed(false, false));
        return events;
    }

    private static Event hookExit(ExitStatus status, boolean treeGone) {
        return new Event.MainExited(2, status, NOW.monotonicNanos(), treeGone);
    }

    private static Event probed(ProbePurpose purpose, Optional<String> failure) {
        return new Event.Probed(1, purpose, failure);
    }

    private static Event exit(ExitStatus status, boolean treeGone) {
        return new Event.MainExited(1, status, NOW.monotonicNanos(), treeGone);
    }
}

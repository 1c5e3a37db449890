package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.StartOutcome;
import dev.ostler.service.Wanted;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Leads the running services from one configuration to another: what is gone is stopped first, since what is new may take
 * its place; then what has changed is restarted and what is new is started. When one of these does not come up, all goes
 * the same way back. Services that have not changed are not touched. What was decided is stored before it is done, so that
 * another supervisor can go on ({@link #resume}). Loop thread only.
 */
public final class Rollout {
    private final Supervisor supervisor;
    private final CompiledProject from;
    private final CompiledProject to;
    private final RolloutRecord record;
    private final Parts parts;
    private final Set<ServiceName> leaving;

    /** How it ends. */
    public enum Outcome {
        DONE,
        /** The old configuration is in force again, and what it started is up. */
        ROLLED_BACK,
        /** The old configuration is in force again, and not all of it came up. */
        ROLLED_BACK_WITH_FAILURES,
        /** The project goes down. */
        INTERRUPTED
    }

    /** Keeps what another supervisor would need. {@code then} runs when it is stored. */
    public interface Journal {
        /** From now on the new configuration counts, and this record of the way to it. */
        void begin(RolloutRecord record, Runnable then);

        /** The other way round. */
        void turnBack(RolloutRecord record, Runnable then);

        /** The way is over. */
        void end(Runnable then);
    }

    /** Whoever wants to know. */
    public interface Listener {
        /** Some services did not come up; {@code goOn} when their last words were read. */
        void failed(List<ServiceName> services, Runnable goOn);

        void ended(Outcome outcome);
    }

    /** @param post runs something on the loop thread a little later, when what has led to it is through */
    public record Parts(Journal journal, Listener listener, Consumer<Runnable> post) {}

    private Rollout(
            Supervisor supervisor, CompiledProject from, CompiledProject to, RolloutRecord record, Parts parts) {
        this.supervisor = supervisor;
        this.from = from;
        this.to = to;
        this.record = record;
        this.parts = parts;
        this.leaving = from.without(to);
    }

    /** Begins. @param changes as decided just now */
    public static void begin(
            Supervisor supervisor, CompiledProject from, CompiledProject to, List<Change> changes, Parts parts) {
        Map<ServiceName, Integer> restart = new HashMap<>();
        Set<ServiceName> start = new HashSet<>();
        Set<ServiceName> wereUp = new HashSet<>();
        for (Change change : changes) {
            switch (change.kind()) {
                case RESTART ->
                    restart.put(
                            change.service(),
                            supervisor.status(change.service()).run().number());
                case START -> start.add(change.service());
                case STOP -> {
                    if (supervisor.status(change.service()).wanted() == Wanted.UP) {
                        wereUp.add(change.service());
                    }
                }
                case RELOAD, STAY_DOWN, STAY -> {} // the new configuration itself is all there is to it
            }
        }
        RolloutRecord record = new RolloutRecord(false, restart, start, wereUp);
        Rollout rollout = new Rollout(supervisor, from, to, record, parts);
        supervisor.holdLaunches();
        parts.journal().begin(record, rollout::enter);
    }

    /** Before what runs is taken over: tells the supervisor what one that is to be resumed has done. */
    public static void prepare(Supervisor supervisor, CompiledProject from, RolloutRecord record) {
        supervisor.prepare(from, record);
    }

    /**
     * Goes on with one that an earlier supervisor has begun. The supervisor already has the services of both and has taken
     * over what runs.
     */
    public static void resume(
            Supervisor supervisor, CompiledProject from, CompiledProject to, RolloutRecord record, Parts parts) {
        Rollout rollout = new Rollout(supervisor, from, to, record, parts);
        supervisor.retire(rollout.leaving);
        rollout.stopLeaving();
    }

    private void enter() {
        supervisor.reconfigure(to.with(from), record.restart().keySet());
        supervisor.releaseLaunches();
        supervisor.retire(leaving);
        stopLeaving();
    }

    private void stopLeaving() {
        if (supervisor.isShuttingDown()) {
            parts.listener().ended(Outcome.INTERRUPTED);
            return;
        }
        supervisor.stop(leaving);
        next(() -> leaving.stream().noneMatch(this::isAlive), this::startChanged);
    }

    private boolean isAlive(ServiceName name) {
        return supervisor.status(name).state().isAlive();
    }

    private void startChanged() {
        if (supervisor.isShuttingDown()) {
            parts.listener().ended(Outcome.INTERRUPTED);
            return;
        }
        List<ServiceName> wanted = record.restart().keySet().stream()
                .filter(name -> supervisor.status(name).wanted() == Wanted.UP)
                .filter(name -> !waitsForItsTrigger(name))
                .toList();
        supervisor.restart(wanted.stream().filter(this::needsAnotherRun).toList());
        wanted.stream().filter(name -> !needsAnotherRun(name)).forEach(supervisor::start); // for its outcome
        record.start().stream()
                .filter(name -> supervisor.status(name).state() == ServiceState.DOWN)
                .forEach(supervisor::startFirst);
        await();
    }

    /** It did before, and does so still: its next run has the change. */
    private boolean waitsForItsTrigger(ServiceName name) {
        return supervisor.status(name).isArmed()
                && to.service(name)
                        .filter(service -> service.spec().activation().onDemand())
                        .isPresent();
    }

    /** It may be on its way already: by itself, or as a supervisor that has died had asked for it. */
    private boolean needsAnotherRun(ServiceName name) {
        ServiceStatus status = supervisor.status(name);
        return !status.startAgain() && status.run().number() == record.restart().get(name);
    }

    private void await() {
        next(() -> !failed().isEmpty() || changed().noneMatch(this::isPending), this::judge);
    }

    private Stream<ServiceName> changed() {
        return Stream.concat(record.restart().keySet().stream(), record.start().stream());
    }

    private boolean isPending(ServiceName name) {
        return supervisor.status(name).startOutcome().isPending();
    }

    /** What somebody has stopped meanwhile has not failed, nor what is up after all. */
    private List<ServiceName> failed() {
        return changed()
                .filter(name -> supervisor.status(name).wanted() == Wanted.UP)
                .filter(name -> supervisor.status(name).state() != ServiceState.READY)
                .filter(name -> supervisor.status(name).startOutcome().kind() == StartOutcome.Kind.FAILED)
                .sorted(Comparator.comparing(ServiceName::value))
                .toList();
    }

    private void judge() {
        List<ServiceName> failed = failed();
        if (supervisor.isShuttingDown()) {
            parts.listener().ended(Outcome.INTERRUPTED);
        } else if (failed.isEmpty() && changed().anyMatch(this::isPending)) {
            await(); // it has come up after all
        } else if (failed.isEmpty()) {
            end(record.back() ? Outcome.ROLLED_BACK : Outcome.DONE);
        } else {
            parts.listener()
                    .failed(failed, record.back() ? () -> end(Outcome.ROLLED_BACK_WITH_FAILURES) : this::turnBack);
        }
    }

    private void end(Outcome outcome) {
        parts.journal().end(() -> {
            supervisor.retire(Set.of());
            supervisor.reconfigure(to, Set.of());
            parts.listener().ended(outcome);
        });
    }

    /** What has not had another run yet, and will not get one, stays as it is. */
    private void turnBack() {
        Map<ServiceName, Integer> restart = new HashMap<>();
        record.restart().forEach((name, run) -> {
            ServiceStatus status = supervisor.status(name);
            if (status.wanted() == Wanted.UP
                    && (status.run().number() != run || !status.state().isAlive())) {
                restart.put(name, status.run().number());
            }
        });
        RolloutRecord back = new RolloutRecord(true, restart, record.wereUp(), Set.of());
        Rollout way = new Rollout(supervisor, to, from, back, parts);
        supervisor.holdLaunches();
        parts.journal().turnBack(back, way::enter);
    }

    private void next(BooleanSupplier condition, Runnable then) {
        supervisor.when(
                () -> supervisor.isShuttingDown() || condition.getAsBoolean(),
                () -> parts.post().accept(then));
    }
}

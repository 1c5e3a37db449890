package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Timer;
import dev.ostler.output.Logs;
import dev.ostler.service.Event;
import dev.ostler.service.FreeRestart;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Step;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leaves the next run of services that are up with the keeper, which launches it the moment the present one has ended: so a
 * restart does not wait for this process. What follows an end is decided by the state machine all the same; a run that it
 * does not ask for is ended before it learns of the end of the one before. Loop thread only.
 */
final class ArmedRuns {
    /** A run is left with the keeper a little before the present one has earned a restart without delay. */
    private static final Duration AHEAD = Duration.ofMillis(250);

    /** How long runs are not left with the keeper while others are launched, and for how long at most. */
    private static final Duration PAUSE = Duration.ofMillis(20);

    private static final Duration MOST_PAUSED = Duration.ofSeconds(2);

    private static final Logger LOG = LoggerFactory.getLogger(ArmedRuns.class);

    private final EventLoop loop;
    private final Clock clock;
    private final KeeperClient keeper;
    private final Logs logs;
    private final Launcher launcher;
    private final Project project;
    private final Function<ServiceName, Optional<CompiledService>> services;
    private final Function<RunKey, Optional<LiveRun>> runs;
    private final Runnable onOver;
    private final Map<ServiceName, ArmedRun> armed = new HashMap<>();
    private final Map<ServiceName, Timer> timers = new HashMap<>();
    private final Deque<ServiceName> due = new ArrayDeque<>();
    private long firstDueNanos;
    private boolean paused;

    /** What it is made of. */
    record Tools(EventLoop loop, Clock clock, KeeperClient keeper, Logs logs, Launcher launcher) {}

    /** @param onOver called when a run that nobody wants is over */
    ArmedRuns(
            Tools tools,
            Project project,
            Function<ServiceName, Optional<CompiledService>> services,
            Function<RunKey, Optional<LiveRun>> runs,
            Runnable onOver) {
        this.loop = tools.loop();
        this.clock = tools.clock();
        this.keeper = tools.keeper();
        this.logs = tools.logs();
        this.launcher = tools.launcher();
        this.project = project;
        this.services = services;
        this.runs = runs;
        this.onOver = onOver;
    }

    /** Statuses have changed; nothing was done about it yet. */
    void look(List<Step> steps) {
        if (steps.size() == 1) {
            look(steps.get(0).status().name());
        } else if (!steps.isEmpty()) {
            keeper.together(() -> steps.forEach(step -> look(step.status().name())));
        }
    }

    private void look(ServiceName name) {
        ArmedRun own = armed.get(name);
        if (own != null) {
            lookAt(own, project.status(name));
            return;
        }
        OptionalLong from = paused ? OptionalLong.empty() : project.freeRestartFrom(name);
        if (from.isEmpty()) {
            Optional.ofNullable(timers.remove(name)).ifPresent(Timer::cancel);
        } else if (!timers.containsKey(name) && isPlain(name)) {
            long at = Math.max(from.getAsLong() - AHEAD.toNanos(), clock.monotonicNanos());
            timers.put(name, loop.timers().schedule(at, () -> enqueue(name)));
        }
    }

    private void lookAt(ArmedRun own, ServiceStatus status) {
        if (own.isAccepted()) {
            boolean awaited = status.state() == ServiceState.WAITING || status.state() == ServiceState.STARTING;
            if (!awaited) {
                end(own, () -> {});
            }
        } else if (paused || !FreeRestart.mayKeep(status)) {
            drop(own);
        }
    }

    /** Nothing of its launch is shared with another service, or has to be made good after each run. */
    private boolean isPlain(ServiceName name) {
        Optional<CompiledService> service = services.apply(name);
        return service.isPresent()
                && service.get().plan().cgroup().isEmpty()
                && (service.get().spec().sandbox().join().isEmpty()
                        || service.get().plan().joinedServices().isEmpty());
    }

    /** A thousand services may be due at once: others get their turn in between. */
    private void enqueue(ServiceName name) {
        timers.remove(name);
        due.add(name);
        if (due.size() == 1) {
            loop.inbox().post(this::armNext);
        }
    }

    private void armNext() {
        if (project.isStarting() && clock.monotonicNanos() < startsUntil()) {
            loop.timers().schedule(clock.monotonicNanos() + PAUSE.toNanos(), this::armNext);
            return;
        }
        ServiceName name = due.remove();
        if (services.apply(name).isPresent()) { // else it was taken out of the configuration meanwhile
            arm(name);
        }
        if (due.isEmpty()) {
            firstDueNanos = 0;
        } else {
            loop.inbox().post(this::armNext);
        }
    }

    /** Launches come first, but one that hangs keeps nobody waiting for long. */
    private long startsUntil() {
        if (firstDueNanos == 0) {
            firstDueNanos = clock.monotonicNanos();
        }
        return firstDueNanos + MOST_PAUSED.toNanos();
    }

    private void arm(ServiceName name) {
        Optional<FreeRestart> free = paused || armed.containsKey(name) ? Optional.empty() : project.freeRestart(name);
        ServiceStatus status = project.status(name);
        RunKey before = new RunKey(name, Math.max(1, status.run().number()));
        Optional<LiveRun> run = runs.apply(before).filter(this::isFound);
        if (free.isEmpty() || run.isEmpty() || !isPlain(name)) {
            return;
        }
        FreeRestart ends = free.get();
        ArmedRun own = new ArmedRun(new RunKey(name, before.run() + 1), before);
        armed.put(name, own);
        try {
            own.in(launcher.arm(
                    services.apply(name).orElseThrow(),
                    own.key,
                    run.get().cgroup(),
                    spawn -> new KeeperRequest.Arm(spawn, before.run(), ends.fromNanos(), ends.signals(), ends.codes()),
                    reply -> reply.ifPresent(errno -> refused(own, errno))));
        } catch (KernelException | LaunchProblem | UncheckedIOException e) { // it will be tried when it is needed
            LOG.info("service={} run={} event=not-armed reason=\"{}\"", name, own.key.run(), e.getMessage());
            discard(own);
        }
    }

    /** The keeper can tell whether anything of it is left. */
    private boolean isFound(LiveRun run) {
        boolean told =
                launcher.usesCgroups() ? run.cgroup().isPresent() : run.guard().isPresent();
        return told && !run.exitSeen();
    }

    /** ESRCH: it has ended just now. EMFILE: what is needed at once must have descriptors. */
    private void refused(ArmedRun own, Errno errno) {
        LOG.info("service={} run={} event=not-armed reason=\"keeper: {}\"", own.key.service(), own.key.run(), errno);
        if (armed.get(own.key.service()) == own && !own.isLaunched()) {
            discard(own);
        }
    }

    /** From now on nothing is launched but what is asked for. */
    void pause() {
        paused = true;
        timers.values().forEach(Timer::cancel);
        timers.clear();
        List.copyOf(armed.keySet()).forEach(this::look);
    }

    void resume() {
        paused = false;
        services().forEach(this::look);
    }

    private List<ServiceName> services() {
        return project.statuses().stream().map(ServiceStatus::name).toList();
    }

    private void drop(ArmedRun own) {
        if (own.isDropped() || own.isAccepted()) {
            return;
        }
        own.drop();
        if (!own.isLaunched()) {
            keeper.send(new KeeperRequest.Disarm(own.before), List.of(), refusal -> {
                if (refusal.isEmpty()) { // else its end tells whether it was too late
                    discard(own);
                    Optional.of(own.key.service())
                            .filter(name -> services.apply(name).isPresent())
                            .ifPresent(this::look);
                }
            });
        }
    }

    /** It was not launched, and will not be. */
    private void discard(ArmedRun own) {
        if (armed.remove(own.key.service(), own)) {
            logs.finish(own.key, lines -> {});
            launcher.dropPipes(own.key);
            own.cgroup().ifPresent(cgroup -> cgroup.remove());
        }
    }

    /**
     * Looks at an event of the keeper before anybody else does. True: it is of a run that the state machine has not asked
     * for, and is taken over with its descriptors.
     */
    boolean takes(KeeperEvent.OfRun event, List<Fd> descriptors) {
        ServiceName name = event.key().service();
        ArmedRun own = armed.get(name);
        if (own != null && own.before.equals(event.key())) {
            next(event).ifPresent(run -> ended(own, run));
        }
        if (own != null && own.isLaunched() && own.key.equals(event.key())) { // until it is claimed
            own.take(event, descriptors);
            return true;
        }
        if (event.key().run() <= project.status(name).lastRun()) {
            return false;
        }
        unasked(event.key()).take(event, descriptors);
        return true;
    }

    /** Which run the keeper has launched after this one, 0 = none; empty when it does not know yet. */
    static OptionalInt next(KeeperEvent.OfRun event) {
        if (event instanceof KeeperEvent.Exited exited && exited.gone()) {
            return OptionalInt.of(exited.nextRun());
        }
        return event instanceof KeeperEvent.Gone gone ? OptionalInt.of(gone.nextRun()) : OptionalInt.empty();
    }

    private void ended(ArmedRun own, int next) {
        if (next == own.key.run()) {
            own.launch();
        } else {
            discard(own);
        }
    }

    private ArmedRun unasked(RunKey key) {
        Optional.ofNullable(armed.get(key.service())).ifPresent(this::drop);
        ArmedRun run = new ArmedRun(key, key);
        run.launch();
        run.in(launcher.reopenCgroup(key));
        armed.put(key.service(), run);
        end(run, () -> {});
        return run;
    }

    /** What an earlier supervisor has left with the keeper, which has launched it since. */
    void adopt(RunKey key, RunKey before) {
        ArmedRun run = new ArmedRun(key, before);
        run.launch();
        run.in(launcher.reopenCgroup(key));
        armed.put(key.service(), run);
        if (paused) {
            drop(run);
        } else if (project.status(key.service()).state() == ServiceState.WAITING) {
            run.accept(); // the old supervisor has stored the end of the run before, and will be followed in that
        }
    }

    /**
     * The state machine is about to learn that nothing of a run is left.
     *
     * @param last by this event
     * @param tell tells it; called once, after the end of the next run where that is not wanted
     */
    void settle(RunKey ended, Event last, Runnable tell) {
        ArmedRun own = armed.get(ended.service());
        boolean undecided =
                own != null && own.isLaunched() && !own.isAccepted() && !own.isEnding() && own.before.equals(ended);
        if (!undecided) {
            tell.run();
        } else if (!own.isDropped() && project.restartsAtOnce(ended.service(), last, Moment.now(clock))) {
            own.accept();
            tell.run();
            if (armed.get(ended.service()) == own) { // it was not asked for after all
                end(own, () -> {});
            }
        } else {
            end(own, tell);
        }
    }

    /** The run that the state machine asks for, if it is there already; {@link #claim} comes when it is taken over. */
    Optional<ArmedRun> ahead(RunKey key) {
        return launched(key).filter(own -> own.isAccepted() && !own.isEnding());
    }

    /** It is the caller's from now on. */
    void claim(ArmedRun own) {
        armed.remove(own.key.service(), own);
    }

    /**
     * Whether a run that cannot be taken over must end before one of this key is launched.
     *
     * @param then called once it has ended, unless another run is asked for by then
     */
    boolean endsFirst(RunKey key, Runnable then) {
        Optional<ArmedRun> own = launched(key);
        own.ifPresent(run -> end(run, () -> {
            if (project.status(key.service()).run().number() == key.run()) {
                then.run();
            }
        }));
        return own.isPresent();
    }

    private Optional<ArmedRun> launched(RunKey key) {
        return Optional.ofNullable(armed.get(key.service())).filter(own -> own.isLaunched() && own.key.equals(key));
    }

    private void end(ArmedRun own, Runnable then) {
        own.whenOver(then);
        if (own.isEnding()) {
            return;
        }
        RunKey key = own.key;
        String why = "launched by the keeper and not wanted any more";
        LOG.warn("service={} run={} event=unwanted-run reason=\"{}\"", key.service(), key.run(), why);
        logs.event(key, why + ": it is ended");
        own.endBy(new UnwantedRun(own.cgroup(), loop, clock, () -> over(own)));
    }

    private void over(ArmedRun own) {
        logs.finish(own.key, lines -> {
            armed.remove(own.key.service(), own);
            launcher.dropPipes(own.key);
            keeper.send(new KeeperRequest.Ack(own.key), List.of());
            own.over();
            onOver.run();
        });
    }

    /** Processes of runs that the keeper has launched and nobody else knows of yet. */
    List<Pid> roots() {
        return armed.values().stream().flatMap(ArmedRun::roots).toList();
    }

    /** Whether a run that nobody wants is being ended. */
    boolean isEnding() {
        return armed.values().stream().anyMatch(ArmedRun::isEnding);
    }
}

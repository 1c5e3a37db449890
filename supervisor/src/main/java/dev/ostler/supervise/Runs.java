package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.cgroup.LimitCounts;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Descendants;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.PidFd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.output.Logs;
import dev.ostler.plan.LaunchFailure;
import dev.ostler.plan.Plan;
import dev.ostler.plan.RefusalRecord;
import dev.ostler.service.Event;
import dev.ostler.spec.HookSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The runs that exist, and what the keeper and the kernel tell about them, turned into events of the state machine. The
 * exit of a run is told only after the last byte it wrote is in its log. Loop thread only.
 */
final class Runs {
    /** When what the kernel refused is tried again. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private final EventLoop loop;
    private final Clock clock;
    private final KeeperClient keeper;
    private final Logs logs;
    private final EventSink events;
    private final MainProcesses mains;
    private final Launcher launcher;
    private final RunChannels channels;
    private final ArmedRuns armed;
    private final Function<RunKey, CompiledService> services;
    private final Function<RunKey, Optional<HookSpec.Kind>> hooks;
    private final Map<RunKey, LiveRun> runs = new HashMap<>();

    /**
     * @param services a service as that run was launched
     * @param hooks which hook a run is of
     */
    Runs(
            EventLoop loop,
            Clock clock,
            KeeperClient keeper,
            Logs logs,
            Function<RunKey, CompiledService> services,
            Function<RunKey, Optional<HookSpec.Kind>> hooks,
            EventSink events,
            MainProcesses mains,
            Launcher launcher,
            RunChannels channels,
            ArmedRuns armed) {
        this.armed = armed;
        this.launcher = launcher;
        this.channels = channels;
        this.loop = loop;
        this.clock = clock;
        this.keeper = keeper;
        this.logs = logs;
        this.services = services;
        this.hooks = hooks;
        this.events = events;
        this.mains = mains;
    }

    Optional<LiveRun> find(RunKey key) {
        return Optional.ofNullable(runs.get(key));
    }

    /** The pidfd of a run's main process while that runs. */
    Optional<Fd> mainOf(RunKey key) {
        return find(key).filter(run -> !run.exitSeen()).flatMap(LiveRun::main).map(PidFd::fd);
    }

    /** A run that is about to be asked for. */
    LiveRun begin(RunKey key) {
        return runs.computeIfAbsent(key, name -> new LiveRun(name, false));
    }

    /** A run that an earlier supervisor has started; its events are told once more. */
    LiveRun adopt(RunKey key) {
        return runs.computeIfAbsent(key, name -> new LiveRun(name, true));
    }

    /** From now on the end of a run is the end of its cgroup. */
    void track(LiveRun run, ServiceCgroup cgroup) {
        run.trackedBy(new RunTree.OfCgroup(cgroup));
    }

    /** Its main process has ended, and others are in its cgroup: most runs never come to this. */
    private void watch(LiveRun run) {
        Optional<ServiceCgroup> cgroup = run.guard().isEmpty() ? run.cgroup() : Optional.empty();
        if (cgroup.isEmpty() || find(run.key).filter(run::equals).isEmpty()) {
            return;
        }
        ServiceCgroup own = cgroup.get();
        try {
            if (!run.isWatched()) {
                run.watchedBy(loop.register(
                        Priority.EXITS,
                        own.events(),
                        LinuxConstants.EPOLLPRI,
                        (ready, now) -> cgroupChanged(run, own)));
            }
            cgroupChanged(run, own); // the keeper, who has a copy of the descriptor, may have read what came meanwhile
        } catch (KernelException e) {
            LOG.warn(
                    "service={} run={} event=cgroup-not-watched reason=\"{}\"",
                    run.key.service(),
                    run.key.run(),
                    e.getMessage());
            loop.timers().schedule(clock.monotonicNanos() + RETRY_INTERVAL.toNanos(), () -> watch(run));
        }
    }

    /** What the kernel kills for its memory limit is told from now on. */
    void watchLimits(LiveRun run, Optional<ServiceCgroup> cgroup) {
        if (!services.apply(run.key).plan().cgroup().isEmpty()) {
            watchLimitsOf(run, cgroup);
        }
    }

    private void watchLimitsOf(LiveRun run, Optional<ServiceCgroup> cgroup) {
        launcher.limitEvents(services.apply(run.key), run.key, cgroup)
                .ifPresent(limits ->
                        run.limitedBy(new LimitWatch(loop, clock, limits, counts -> killedForMemory(run.key, counts))));
    }

    private void killedForMemory(RunKey key, LimitCounts counts) {
        String text = "the kernel killed processes for the memory limit, " + counts.oomKills() + " so far ("
                + counts.memory() + ")";
        logs.event(key, text);
        events.accept(key.service(), new Event.OomKilled(key.run(), counts.oomKills(), counts.memory()));
    }

    /** The run has no process, and never will. */
    void abandon(RunKey key) {
        LiveRun run = runs.remove(key);
        if (run != null) {
            logs.finish(key, lines -> launcher.dropPipes(key));
            close(run);
        }
    }

    /** Whether it, or a process it descends from, is a main process, a guard, one of others, or in the cgroup of a run. */
    boolean isSupervised(Pid process, List<Pid> others) {
        Set<Pid> roots = new HashSet<>(others);
        for (LiveRun run : runs.values()) {
            run.pid().ifPresent(roots::add);
            run.guard().ifPresent(roots::add);
        }
        Optional<Pid> at = Optional.of(process);
        while (at.isPresent()) {
            if (roots.contains(at.get()) || mains.members().isInAny(at.get())) {
                return true;
            }
            Optional<Pid> parent = Descendants.parentOf(at.get());
            if (parent.isEmpty() && !PidFd.exists(at.get())) {
                return true; // who its ancestors were cannot be known any more: no rights
            }
            at = parent;
        }
        return false;
    }

    void onKeeperEvent(KeeperEvent.OfRun event, List<Fd> descriptors) {
        if (event instanceof KeeperEvent.Spawned spawned) {
            onSpawned(spawned, descriptors);
        } else if (event instanceof KeeperEvent.Running running) {
            onRunning(running.key());
        } else if (event instanceof KeeperEvent.Followed followed) {
            find(followed.key())
                    .ifPresentOrElse(
                            run -> mains.onFollowed(run, followed, descriptors), () -> descriptors.forEach(Fd::close));
        } else if (event instanceof KeeperEvent.Failed failed) {
            onFailed(failed);
        } else if (event instanceof KeeperEvent.Exited exited) {
            onExited(exited);
        } else if (event instanceof KeeperEvent.Gone gone) {
            find(gone.key()).ifPresent(run -> onGone(run));
        }
    }

    private void onSpawned(KeeperEvent.Spawned event, List<Fd> descriptors) {
        LiveRun run = begin(event.key());
        run.spawned(event, PidFd.adopt(descriptors.get(0)));
        if (event.guarded()) {
            run.guardedBy(new RunTree.OfGuard(new Pid(event.guardPid()), PidFd.adopt(descriptors.get(1))));
        }
        String means = run.tree().isPresent() ? run.tree().get().means() : "none";
        events.accept(
                event.key().service(),
                new Event.Spawned(
                        event.key().run(), event.pid(), means, event.startMonotonicNanos(), event.startWall()));
    }

    private void onRunning(RunKey key) {
        LiveRun run = begin(key);
        logs.started(
                key,
                run.adopted()
                        ? Optional.empty()
                        : run.pid()
                                .map(pid -> who(key) + "started as process " + pid
                                        + (run.isByKeeper() ? " by the keeper, which had it ready" : "")));
        events.accept(key.service(), new Event.LaunchSucceeded(key.run()));
        if (run.isFollowed()) { // since an earlier supervisor, which may not have come to store it
            Pid main = run.pid().orElseThrow();
            mains.known(key, main);
            events.accept(key.service(), new Event.MainChanged(key.run(), main));
        }
    }

    /** Looks for the process that a run's program has left behind. */
    void findMain(CompiledService service, RunKey key) {
        find(key).ifPresent(run -> mains.find(service, run));
    }

    /** Its daemon is not waited for any longer. */
    void stopFinding(RunKey key) {
        mains.stopFinding(key);
    }

    /** Makes another process of a run its main one. */
    void followMain(CompiledService service, RunKey key, Pid process) {
        find(key).ifPresent(run -> mains.follow(service, run, process));
    }

    /** {@code pre_start }; nothing for the service itself. */
    private String who(RunKey key) {
        return hooks.apply(key).map(hook -> hook + " ").orElse("");
    }

    private Plan planOf(RunKey key) {
        CompiledService service = services.apply(key);
        return hooks.apply(key).map(service.hooks()::get).orElse(service.plan());
    }

    private void onFailed(KeeperEvent.Failed event) {
        RunKey key = event.key();
        Plan plan = planOf(key);
        String text =
                switch (event.kind()) {
                    case REFUSED ->
                        LaunchFailure.describe(key.service().value(), plan, RefusalRecord.of(event.refusal()));
                    case DIED -> LaunchFailure.died(key.service().value(), new ExitStatus(event.value()));
                    case CLONE_REFUSED ->
                        LaunchFailure.cloneRefused(key.service().value(), event.value());
                    case DEADLINE -> LaunchFailure.deadline(key.service().value(), plan.deadline());
                };
        events.accept(key.service(), new Event.LaunchFailed(key.run(), text));
        if (event.kind() == KeeperEvent.Failed.Kind.CLONE_REFUSED) {
            abandon(key);
            keeper.send(new KeeperRequest.Ack(key), List.of());
        }
    }

    private void onExited(KeeperEvent.Exited event) {
        LiveRun run = begin(event.key());
        if (run.exitSeen()) {
            return;
        }
        channels.drain(event.key()); // what it has said of itself comes before its end
        if (!mains.claimsEnd(services.apply(run.key), run, event, () -> mainEnded(run, event))) {
            mainEnded(run, event);
        }
    }

    private static boolean isOver(LiveRun run, KeeperEvent.Exited event) {
        return run.guard().isPresent()
                ? event.gone()
                : run.tree().map(Runs::isEmptyCgroup).orElse(event.gone());
    }

    /** No other process takes its place. */
    private void mainEnded(LiveRun run, KeeperEvent.Exited event) {
        boolean over = isOver(run, event); // a look that may fail and be made again
        if (run.exitSeen()) {
            return;
        }
        run.seeExit();
        Function<List<String>, Event> exit = exitOf(run, event, over);
        if (over) {
            finish(run, exit);
            return;
        }
        boolean counts = mains.endsStart(services.apply(run.key), run, event);
        Optional<Pid> ended = run.pid();
        logs.drain(event.key(), lines -> {
            if (counts || run.pid().equals(ended)) { // else another one has become the main process meanwhile
                events.accept(event.key().service(), exit.apply(lines));
            }
        });
        watch(run); // whose news come behind these
    }

    /** What the kernel has counted is asked now, before its cgroups go; what the run has printed is known later. */
    private static Function<List<String>, Event> exitOf(LiveRun run, KeeperEvent.Exited event, boolean over) {
        Optional<LimitCounts> counts = run.limits().map(LimitWatch::counts);
        boolean oom = run.limits()
                .filter(limits -> limits.explainsKill(counts.orElseThrow()))
                .isPresent();
        return lines -> new Event.MainExited(
                event.key().run(),
                event.status(),
                event.monotonicNanos(),
                over,
                counts.map(LimitCounts::oomKills).orElse(0L),
                new ExitEvidence(event.status(), counts, oom, lines).explanation());
    }

    private static boolean isEmptyCgroup(RunTree tree) {
        return tree instanceof RunTree.OfCgroup own && !own.cgroup().isPopulated();
    }

    private void cgroupChanged(LiveRun run, ServiceCgroup cgroup) {
        boolean populated = cgroup.isPopulated(); // read in any case: that alone makes epoll quiet again
        if (run.exitSeen() && !populated && run.guard().isEmpty()) {
            if (!mains.isAsking(run, () -> cgroupChanged(run, cgroup))) {
                onGone(run);
            }
        }
    }

    private void onGone(LiveRun run) {
        finish(run, lines -> new Event.TreeGone(run.key.run()));
    }

    /** Nothing of the run is left: last bytes, last event, then the keeper may forget it. */
    private void finish(LiveRun run, Function<List<String>, Event> last) {
        if (!run.seeOver()) {
            return;
        }
        logs.finish(run.key, lines -> {
            Event event = last.apply(lines);
            armed.settle(run.key, event, () -> tellOver(run, event));
        });
    }

    private void tellOver(LiveRun run, Event last) {
        channels.drain(run.key);
        runs.remove(run.key);
        events.accept(run.key.service(), last);
        close(run); // after the next launch, which need not wait for the end of the old cgroup
        launcher.dropPipes(run.key);
        keeper.send(new KeeperRequest.Ack(run.key), List.of());
    }

    /** A run that the keeper has launched by itself, now that it is asked for; {@link #goOn} comes next. */
    void takeOver(ArmedRun ahead) {
        LiveRun run = begin(ahead.key);
        run.launchedByKeeper();
        ahead.cgroup().ifPresent(own -> track(run, own));
    }

    /** With what the keeper has told of it. */
    void goOn(ArmedRun ahead) {
        ahead.told().forEach(one -> onKeeperEvent((KeeperEvent.OfRun) one.event(), one.descriptors()));
    }

    private void close(LiveRun run) {
        mains.close(run.key);
        channels.close(run.key);
        run.close();
        launcher.removeLimits(services.apply(run.key), run.key);
    }
}

package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.output.Logs;
import dev.ostler.plan.Plan;
import dev.ostler.service.Action;
import dev.ostler.service.Event;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.StopSpec;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the state machine wants done. A launch that fails is an event; what else the kernel refuses comes out as a
 * {@link KernelException} or an {@link UncheckedIOException}. Loop thread only.
 */
final class ActionRunner {
    private static final Logger LOG = LoggerFactory.getLogger(ActionRunner.class);

    private final Launcher launcher;
    private final Probes probes;
    private final Runs runs;
    private final Logs logs;
    private final StopSteps stopSteps;
    private final PortWait portWait;
    private final ConditionWatch conditions;
    private final HeapDumpLook heapDumps;
    private final ArmedRuns armed;
    private final Consumer<Runnable> afterwards;
    private final EventSink events;

    /**
     * Whom the actions are handed to.
     *
     * @param afterwards runs something when the step is through, and told
     */
    record Tools(
            Launcher launcher,
            Probes probes,
            Runs runs,
            Logs logs,
            StopSteps stopSteps,
            PortWait portWait,
            ConditionWatch conditions,
            HeapDumpLook heapDumps,
            ArmedRuns armed,
            Consumer<Runnable> afterwards) {}

    ActionRunner(Tools tools, EventSink events) {
        this.launcher = tools.launcher();
        this.probes = tools.probes();
        this.runs = tools.runs();
        this.logs = tools.logs();
        this.stopSteps = tools.stopSteps();
        this.portWait = tools.portWait();
        this.conditions = tools.conditions();
        this.heapDumps = tools.heapDumps();
        this.armed = tools.armed();
        this.afterwards = tools.afterwards();
        this.events = events;
    }

    /**
     * Carries out one.
     *
     * @param launchedAs the service as its run was launched, which the commands at the end of that belong to
     */
    void run(CompiledService service, Function<ServiceName, CompiledService> launchedAs, Action action) {
        RunKey key = new RunKey(service.name(), action.run());
        if (action instanceof Action.CheckConditions) {
            conditions.check(service);
        } else if (action instanceof Action.Spawn) {
            spawn(service, key);
        } else if (action instanceof Action.SpawnHook hook) {
            CompiledService launched = launchedAs.apply(service.name());
            CompiledService version =
                    hook.kind().isOfEnd() && launched.hooks().containsKey(hook.kind()) ? launched : service;
            launch(version, version.hooks().get(hook.kind()).with(hook.variables()), key);
        } else if (action instanceof Action.Report report) {
            logs.event(key, report.text());
        } else if (action instanceof Action.FindMain) {
            runs.findMain(service, key);
        } else if (action instanceof Action.FollowMain follow) {
            runs.followMain(service, key, follow.pid());
        } else if (action instanceof Action.StartProbe start) {
            runs.find(key).ifPresent(run -> probes.start(service, run, start));
        } else if (action instanceof Action.CancelProbe) {
            probes.cancel(service.name());
        } else if (action instanceof Action.SendSignal send) {
            runs.find(key).ifPresent(run -> send(run, send));
        } else if (action instanceof Action.LookForHeapDump) {
            runs.find(key).ifPresent(heapDumps::look);
        } else if (action instanceof Action.TakeStopStep step) {
            Optional<Pid> main = runs.find(key).filter(run -> !run.exitSeen()).flatMap(LiveRun::pid);
            CompiledService launched = launchedAs.apply(service.name());
            stopSteps.take(whoKnows(step, launched, service), main, step, result -> {
                logs.event(key, "stop: " + result);
                events.accept(key.service(), new Event.StopStepEnded(key.run(), step.step()));
            });
        } else if (action instanceof Action.KillAll) {
            stopSteps.end(service.name());
            runs.find(key).ifPresent(this::killAll);
        }
    }

    private static CompiledService whoKnows(
            Action.TakeStopStep step, CompiledService launched, CompiledService service) {
        boolean known = step.ask() instanceof StopSpec.Step.Exec exec
                && launched.commands().containsKey(exec.command());
        return known ? launched : service;
    }

    private void spawn(CompiledService service, RunKey key) {
        Optional<ArmedRun> ahead = armed.ahead(key);
        if (ahead.isPresent()) {
            runs.takeOver(ahead.get());
            armed.claim(ahead.get());
            afterwards.accept(() -> runs.goOn(ahead.get()));
            return;
        }
        if (armed.endsFirst(key, () -> spawn(service, key))) {
            return;
        }
        portWait.await(
                service.spec().restart().freePorts(),
                key,
                () -> launch(service, service.plan(), key),
                obstacle -> failed(key, obstacle));
    }

    /** What belongs to the states before this one is over. */
    void entered(ServiceStatus status) {
        if (!status.state().isEnding()) {
            stopSteps.end(status.name());
        } else if (status.run().number() > 0) {
            runs.stopFinding(new RunKey(status.name(), status.run().number()));
        }
    }

    /** No event of it comes after this. */
    void cancelProbe(ServiceName service) {
        probes.cancel(service);
    }

    /** Why a service does not start yet. */
    Optional<String> obstacle(ServiceName service) {
        return portWait.obstacle(service);
    }

    private void launch(CompiledService service, Plan plan, RunKey key) {
        try {
            Launcher.makeDirectories(service);
            LiveRun run = runs.begin(key);
            Optional<ServiceCgroup> cgroup = launcher.launch(service, plan, key, errno -> refused(key, errno));
            cgroup.ifPresent(own -> runs.track(run, own));
            runs.watchLimits(run, cgroup);
        } catch (LaunchProblem e) {
            runs.abandon(key);
            portWait.explain(e, text -> failed(key, text));
        } catch (KernelException | UncheckedIOException e) {
            runs.abandon(key);
            failed(key, e.getMessage());
        }
    }

    private void failed(RunKey key, String why) {
        events.accept(
                key.service(), new Event.LaunchFailed(key.run(), "cannot start \"" + key.service() + "\": " + why));
    }

    private void refused(RunKey key, Errno errno) {
        runs.abandon(key);
        failed(key, "keeper: " + errno);
    }

    private static void send(LiveRun run, Action.SendSignal send) {
        try {
            RunSignals.send(run, send.signal(), send.scope());
        } catch (KernelException e) {
            if (send.scope() != StopSpec.Scope.GROUP) {
                throw e;
            }
            // A group with members of another user: those that may not be signalled are ended by the last step.
            LOG.warn(
                    "service={} run={} event=signal-refused reason=\"{}\"",
                    run.key.service(),
                    run.key.run(),
                    e.getMessage());
        }
    }

    private void killAll(LiveRun run) {
        if (run.tree().isEmpty()) {
            return;
        }
        int alive = run.tree().get().killAll();
        if (run.countKill() == Survivors.KILLS_UNTIL_NAMED) {
            run.survivors().ifPresent(text -> logs.event(run.key, text));
        }
        events.accept(run.key.service(), new Event.Killed(run.key.run(), alive));
    }
}

package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.FatalError;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.CgroupUsage;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.linux.Datagram;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.probe.ProbeRunner;
import dev.ostler.service.Action;
import dev.ostler.service.DependencyGraph;
import dev.ostler.service.Event;
import dev.ostler.service.Haste;
import dev.ostler.service.HookRun;
import dev.ostler.service.Moment;
import dev.ostler.service.ProbePurpose;
import dev.ostler.service.Project;
import dev.ostler.service.Requester;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Step;
import dev.ostler.service.Transition;
import dev.ostler.service.UnexpectedEventException;
import dev.ostler.spec.HealthSpec;
import dev.ostler.spec.HookSpec;
import dev.ostler.state.StateFile;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a project: feeds the state machine, stores each new status before it acts on it, carries out the actions, and tells
 * those who wait. Loop thread only.
 */
public final class Supervisor {
    /** When an action that the kernel refused is tried again. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);

    private final EventLoop loop;
    private final Clock clock;
    private final Project project;
    private final Records records;
    private final Versions versions = new Versions();
    private final Chronicle chronicle;
    private final Logs logs;
    private final Runs runs;
    private final CommandRuns commands;
    private final RunRequests requests;
    private final ActionRunner actions;
    private final ArmedRuns armed;
    private final Adoption adoption;
    private final Notifications notifications;
    private final Listeners listeners;
    private final DescriptorStore stored;
    private final Activations activations;
    private final Deque<Function<Moment, List<Step>>> pending = new ArrayDeque<>();
    private final List<Runnable> untold = new ArrayList<>();
    private final Waiters waiters = new Waiters();
    private Set<ServiceName> retired = Set.of();
    private final Map<ServiceName, Action> held = new HashMap<>();
    private boolean holding;
    private final Function<ServiceName, CompiledService> launchedAs = this::launched;
    private final Alarm alarm;
    private boolean working;
    private Consumer<ServiceName> givenUp = name -> {};

    /** The parts that {@code daemon} wires. */
    public record Parts(
            EventLoop loop,
            Clock clock,
            KeeperClient keeper,
            Logs logs,
            ProbeRunner probes,
            StateFile state,
            Optional<ServiceCgroups> cgroups,
            LimitCgroups limits) {}

    public Supervisor(Parts parts, Project project, List<CompiledService> compiled) {
        this.loop = parts.loop();
        this.clock = parts.clock();
        this.project = project;
        this.alarm = new Alarm(loop.timers(), () -> work(project::tick));
        this.records = new Records(parts.state());
        loop.beforeWaiting(parts.state()::tell);
        this.logs = parts.logs();
        chronicle = new Chronicle(clock, logs);
        versions.replace(compiled, name -> 0);
        compiled.forEach(this::register);
        Members members = new Members(parts.cgroups());
        OffLoop offLoop = new OffLoop(loop, clock);
        PidFiles pidFiles = new PidFiles(loop, clock, offLoop);
        MainProcesses mains = new MainProcesses(loop, clock, parts.keeper(), members, pidFiles, logs, this::accept);
        stored = new DescriptorStore(parts.keeper(), loop, logs);
        notifications = new Notifications(new Senders(members), mains, logs, stored, this::accept);
        listeners = new Listeners(parts.keeper(), loop, clock, this::onTraffic);
        activations = new Activations(
                new Activations.Tools(loop, clock, parts.keeper(), logs, offLoop), project, listeners, this::work);
        activations.replace(compiled);
        RunChannels channels = new RunChannels(loop, parts.keeper(), this::accept, this::onMessage, listeners, stored);
        Launcher launcher = new Launcher(parts.keeper(), logs, parts.cgroups(), parts.limits(), this::mainOf, channels);
        armed = new ArmedRuns(
                new ArmedRuns.Tools(loop, clock, parts.keeper(), logs, launcher),
                project,
                this::service,
                key -> runs().find(key),
                this::tellWaiters);
        adoption = new Adoption(this, records, parts.keeper(), logs, launcher, channels);
        runs = new Runs(
                loop,
                clock,
                parts.keeper(),
                logs,
                this::versionOf,
                this::hookOf,
                this::accept,
                mains,
                launcher,
                channels,
                armed);
        CommandLauncher commandLauncher = new CommandLauncher(parts.keeper(), parts.cgroups(), this::mainOf);
        commands = new CommandRuns(loop, clock, commandLauncher, this::tellWaiters);
        Asks asks = new Asks(loop.inbox()::post, commands);
        requests = new RunRequests(new Reload.Tools(this, loop, clock, logs, asks));
        actions = new ActionRunner(
                new ActionRunner.Tools(
                        launcher,
                        new Probes(parts.probes(), commands, loop, clock, logs, this::accept),
                        runs,
                        logs,
                        new StopSteps(asks),
                        new PortWait(loop, clock, this::isToBeLaunched),
                        new ConditionWatch(loop, clock, offLoop, this::isWaiting, this::accept),
                        new HeapDumpLook(offLoop, this::accept),
                        armed,
                        this::afterwards),
                this::accept);
    }

    private void register(CompiledService service) {
        logs.register(service.name(), service.index(), service.spec().logs(), service.readyLine());
    }

    private Optional<Fd> mainOf(ServiceName service) {
        return runs.mainOf(new RunKey(service, project.status(service).run().number()));
    }

    private Optional<HookSpec.Kind> hookOf(RunKey key) {
        return project.status(key.service())
                .hook()
                .filter(hook -> hook.run() == key.run())
                .map(HookRun::kind);
    }

    /** In the order of the file. */
    public List<CompiledService> services() {
        return versions.present();
    }

    /** Those that {@link #startAll} starts. */
    public List<ServiceName> enabled() {
        return versions.present().stream()
                .filter(service -> !service.spec().lifecycle().disabled())
                .map(CompiledService::name)
                .toList();
    }

    public Optional<CompiledService> service(ServiceName name) {
        return versions.present(name);
    }

    public ServiceStatus status(ServiceName name) {
        return project.status(name);
    }

    public Logs logs() {
        return logs;
    }

    /** What has happened. */
    public History history() {
        return chronicle.history();
    }

    /** What may be asked of services while they run. */
    public RunRequests requests() {
        return requests;
    }

    public DependencyGraph graph() {
        return project.graph();
    }

    public boolean isShuttingDown() {
        return project.isShuttingDown();
    }

    /** Why all of it is to go down by itself; empty while it is not. */
    public Optional<String> end() {
        return project.end();
    }

    /** Whether it has failed for now, or cannot be started. */
    public boolean isGivenUp(ServiceName name) {
        ServiceState state = project.status(name).state();
        return state == ServiceState.FAILED || state == ServiceState.DEPENDENCY_FAILED;
    }

    /** From now on {@code listener}, and no other, is told of services that become so. */
    public void tellGivenUp(Consumer<ServiceName> listener) {
        givenUp = listener;
    }

    /** For the caller of {@code up}, when all is down. */
    public int exitCode() {
        return project.exitCode();
    }

    /** Why a service that is starting has no process yet, one that is stopping has, or what starts one may not be seen at once. */
    public Optional<String> obstacle(ServiceName name) {
        return actions.obstacle(name)
                .or(() -> run(name).flatMap(LiveRun::survivors))
                .or(() -> activations.obstacle(name));
    }

    private Optional<LiveRun> run(ServiceName name) {
        int number = project.status(name).run().number();
        return number == 0 // it has never been started
                ? Optional.empty()
                : runs.find(new RunKey(name, number));
    }

    private boolean isWaiting(ServiceName name) {
        return service(name).isPresent() && project.status(name).state() == ServiceState.WAITING;
    }

    private boolean isToBeLaunched(RunKey key) {
        ServiceStatus status = project.status(key.service());
        return status.state() == ServiceState.STARTING && status.run().number() == key.run();
    }

    /** The processes of a service's run, while its program executes. */
    public Optional<RunningProcesses> processes(ServiceName name) {
        ServiceStatus status = project.status(name);
        ServiceState state = status.state();
        boolean executes = state.isAlive()
                && state != ServiceState.STARTING
                && status.hook()
                        .filter(own -> own.run() == status.run().number())
                        .isEmpty();
        return executes && status.run().mainExit().isEmpty()
                ? runs.find(new RunKey(name, status.run().number())).flatMap(LiveRun::processes)
                : Optional.empty();
    }

    /** Where the processes of a service are found; empty when it has no process. */
    public Optional<RunRoots> roots(ServiceName name) {
        RunKey key = new RunKey(name, Math.max(1, project.status(name).run().number()));
        return runs.find(key).flatMap(LiveRun::roots);
    }

    /** What is left of a service's run right now, also when its main process has ended. */
    public List<Pid> left(ServiceName name) {
        RunKey key = new RunKey(name, Math.max(1, project.status(name).run().number()));
        return runs.find(key).flatMap(LiveRun::tree).map(RunTree::processes).orElse(List.of());
    }

    /**
     * The page with the statuses of these services.
     *
     * @throws KernelException when there is no descriptor left for it
     */
    public StatusPage page(Collection<ServiceName> names) {
        Map<ServiceName, Integer> numbers = new LinkedHashMap<>();
        names.forEach(name -> numbers.put(name, records.number(project.status(name))));
        return new StatusPage(records.readOnly(), numbers);
    }

    /** All is down for good: nobody need wait for another status. */
    public void endPage() {
        records.end();
    }

    /** What the processes of a service use together; empty where its run has no cgroup. */
    public Optional<CgroupUsage> usage(ServiceName name) {
        return run(name).flatMap(LiveRun::cgroup).map(ServiceCgroup::usage);
    }

    /** Whether a process belongs to one of the services. */
    public boolean isSupervised(Pid process) {
        List<Pid> others = new ArrayList<>(commands.roots());
        others.addAll(armed.roots());
        return runs.isSupervised(process, others);
    }

    ArmedRuns armed() {
        return armed;
    }

    Runs runs() {
        return runs;
    }

    Activations activations() {
        return activations;
    }

    Listeners listeners() {
        return listeners;
    }

    DescriptorStore stored() {
        return stored;
    }

    /** The descriptors that a service has stored for its next run: numbers of this process, and the service's names. */
    public Map<Integer, String> storedBy(ServiceName name) {
        return stored.of(name);
    }

    /** What the latest run of a service was launched with, beside what every run of it is. */
    public List<String> givenTo(ServiceName name) {
        return stored.givenTo(
                new RunKey(name, Math.max(1, project.status(name).run().number())));
    }

    private void onMessage(RunKey key, Datagram message) {
        runs.find(key).ifPresent(run -> notifications.accept(versions.of(key), run, message));
    }

    /** An event of the keeper about a run; the descriptors are taken over. */
    public void onKeeperEvent(KeeperEvent.OfRun event, List<Fd> descriptors) {
        if (event.key().service().isOfCommand()) {
            commands.onKeeperEvent(event, descriptors);
            return;
        }
        if (service(event.key().service()).isEmpty()) {
            LOG.warn(
                    "service={} event=unknown-run run={}",
                    event.key().service(),
                    event.key().run());
            descriptors.forEach(Fd::close);
            return;
        }
        if (!armed.takes(event, descriptors)) {
            runs.onKeeperEvent(event, descriptors);
        }
    }

    /** Instead of {@link #startAll}, after the death of an earlier supervisor. */
    public Adoption adoption() {
        return adoption;
    }

    Moment now() {
        return Moment.now(clock);
    }

    public void startAll() {
        listeners.openAll(services()); // before anything that may want to connect
        work(project::startAll);
    }

    private void onTraffic(ServiceName name) {
        activations.activate(name, Requester.TRAFFIC);
    }

    /** When a service that is started by its time is due next. */
    public Optional<Instant> nextRun(ServiceName name) {
        return activations.nextRun(name);
    }

    /** As {@link #startAll} does: its trigger may have to come first. */
    public void startFirst(ServiceName name) {
        requireNotRetired(name);
        work(now -> project.startFirst(name, now));
    }

    /** With what it depends on. */
    public void start(ServiceName name) {
        requireNotRetired(name);
        work(now -> project.start(name, now));
    }

    /** Dependents first. */
    public void stop(Collection<ServiceName> names) {
        work(now -> project.stop(names, now));
    }

    /** Dependents are stopped first, dependencies are started first. */
    public void restart(Collection<ServiceName> names) {
        names.forEach(this::requireNotRetired);
        work(now -> project.restart(names, now));
    }

    private void requireNotRetired(ServiceName name) {
        if (retired.contains(name)) {
            throw new IllegalStateException(
                    "cannot start \"" + name + "\": a change of the configuration takes it out of the project");
        }
    }

    /** Stops all in reverse order. */
    public void shutDown(Haste haste) {
        work(now -> project.shutDown(haste, now));
    }

    /** When all is down for good. */
    public void removeSocketFiles() {
        listeners.removeFiles(services());
    }

    public boolean isAllDown() {
        return project.isAllDown() && commands.isEmpty() && !armed.isEnding();
    }

    /**
     * From now on these services, in this order. What runs goes on as it was launched until it is started again. Services
     * that are left out are forgotten; nothing of them may run any more.
     *
     * @param replaced those of which another run follows: the present one is ended as it was launched
     */
    void reconfigure(CompiledProject to, Set<ServiceName> replaced) {
        armed.pause(); // what was left with the keeper is of the old configuration
        replaced.forEach(name -> service(name).ifPresent(old -> project.endAs(old.spec(), latestLaunch(name))));
        Map<ServiceName, Optional<HealthSpec>> before = new HashMap<>();
        versions.present()
                .forEach(service -> before.put(service.name(), service.spec().health()));
        work(now -> {
            List<Step> steps = project.reconfigure(to.spec(), now);
            versions.replace(to.services(), this::latestLaunch);
            activations.replace(to.services());
            listeners.openAll(to.services());
            return steps;
        });
        for (CompiledService service : to.services()) {
            if (before.containsKey(service.name())) {
                logs.reconfigure(service.name(), service.spec().logs(), service.readyLine());
                if (!before.get(service.name()).equals(service.spec().health())) {
                    probeAsConfigured(service);
                }
            } else {
                register(service);
                records.write(project.status(service.name())); // whoever takes over knows that it was not asked for yet
            }
        }
        before.keySet().stream().filter(name -> service(name).isEmpty()).forEach(this::forget);
        if (!holding) {
            armed.resume();
        }
    }

    /** Of the health probe of a service that runs, the state machine learns only by its answers. */
    private void probeAsConfigured(CompiledService service) {
        ServiceStatus status = project.status(service.name());
        if (status.state() == ServiceState.READY) {
            int run = status.run().number();
            service.spec()
                    .health()
                    .ifPresentOrElse(
                            health -> attempt(
                                    service,
                                    new Action.StartProbe(run, ProbePurpose.HEALTH, health.probe()),
                                    ServiceState.READY),
                            () -> actions.cancelProbe(service.name()));
        }
    }

    private int latestLaunch(ServiceName name) {
        int run = project.status(name).run().number();
        return held.containsKey(name) ? run - 1 : run;
    }

    /**
     * While it is stored that another configuration counts, nothing is launched: whoever takes over in that moment launches
     * by the one that is stored.
     */
    void holdLaunches() {
        holding = true;
        armed.pause();
    }

    /** What was held back is launched by the configuration that counts now. */
    public void releaseLaunches() {
        holding = false;
        Map<ServiceName, Action> waiting = Map.copyOf(held);
        held.clear();
        armed.resume();
        waiting.forEach((name, spawn) -> service(name)
                .ifPresent(
                        service -> attempt(service, spawn, project.status(name).state())));
    }

    private void forget(ServiceName name) {
        logs.forget(name);
        records.forget(name);
    }

    /** In the middle of a change, before anything is taken over: what was launched how, and what was not asked for yet. */
    void prepare(CompiledProject from, RolloutRecord record) {
        armed.pause(); // what was launched from there meanwhile is of the old configuration
        record.restart()
                .forEach((name, run) -> from.service(name).ifPresent(old -> {
                    versions.launchedAs(old, run);
                    project.endAs(old.spec(), run);
                }));
        record.start().stream()
                .filter(name -> records.read(name).isEmpty())
                .forEach(name -> records.write(project.status(name)));
    }

    /** These services end, and nobody can start them any more. */
    void retire(Set<ServiceName> names) {
        retired = Set.copyOf(names);
    }

    /** Makes the code of a restart ready. For any thread, once. */
    public Runnable rehearsal() {
        return services().stream()
                .filter(service -> service.spec().dependsOn().isEmpty())
                .findFirst()
                .<Runnable>map(RestartRehearsal::new)
                .orElse(() -> {});
    }

    /** Puts back a stored status; {@link #resume} comes when all are restored. */
    void restore(ServiceStatus status) {
        project.restore(status);
    }

    void resume(ServiceName name, boolean runKnown, boolean hookKnown) {
        accept(name, new Event.Resumed(runKnown, hookKnown));
    }

    void lookAgain() {
        work(project::lookAgain);
    }

    /** Runs {@code action} as soon as {@code condition} holds, now or after a later change. */
    public void when(BooleanSupplier condition, Runnable action) {
        waiters.add(condition, action);
        tellWaiters();
    }

    private void accept(ServiceName name, Event event) {
        if (service(name).isEmpty()) { // taken out of the configuration meanwhile
            return;
        }
        work(now -> project.accept(name, event, now));
    }

    /**
     * What an action leads to at once is queued behind what is under way; a launch does not wait for the logs. A status that
     * could not be stored, or an event the state machine could not take, is fatal: the next supervisor goes on from the last
     * status stored.
     */
    private void work(Function<Moment, List<Step>> task) {
        pending.add(task);
        if (working) {
            return;
        }
        working = true;
        try {
            while (!pending.isEmpty()) {
                carryOut(pending.remove());
            }
            working = false;
            tell();
            alarm.set(project.nextDeadlineNanos());
            activations.look();
            stored.release(
                    name -> service(name).isEmpty() || project.status(name).isOverForGood());
            tellWaiters();
        } catch (RuntimeException e) {
            throw new FatalError("supervision", e);
        }
    }

    private void tell() {
        if (!untold.isEmpty()) {
            List<Runnable> texts = List.copyOf(untold);
            untold.clear();
            texts.forEach(Runnable::run);
        }
    }

    private void afterwards(Runnable action) {
        if (working) {
            untold.add(action);
        } else {
            action.run();
        }
    }

    private void carryOut(Function<Moment, List<Step>> task) {
        List<Step> steps;
        try {
            steps = task.apply(now());
        } catch (UnexpectedEventException e) {
            LOG.error("event=unexpected reason=\"{}\"", e.getMessage());
            return;
        }
        armed.look(steps); // before any action, which may end what runs
        for (Step step : steps) {
            carryOut(step);
        }
    }

    private void carryOut(Step step) {
        CompiledService service = service(step.status().name()).orElseThrow();
        records.write(step.status());
        if (step.transition().isPresent()) {
            Transition transition = step.transition().get();
            actions.entered(step.status());
            untold.add(() -> chronicle.tell(step.status(), transition));
            if (isGivenUp(service.name())) {
                untold.add(() -> givenUp.accept(service.name()));
            }
        }
        for (Action action : step.actions()) {
            attempt(service, action, step.status().state());
        }
    }

    /**
     * The kernel may refuse for the moment, out of descriptors or memory: that is told, and the action tried again as long as
     * the service is in the state that wanted it. EPERM is final. SIGKILL to all is repeated by the state machine in any case.
     */
    private void attempt(CompiledService service, Action action, ServiceState wantedIn) {
        if (holding && action instanceof Action.Spawn) {
            held.put(service.name(), action);
            return;
        }
        try {
            actions.run(service, launchedAs, action);
        } catch (KernelException | UncheckedIOException e) {
            RunKey key = new RunKey(service.name(), action.run());
            LOG.error("service={} run={} event=action-failed action={}", key.service(), key.run(), action, e);
            logs.event(key, action.verb() + " failed: " + e.getMessage());
            boolean isFinal = e instanceof KernelException refusal && refusal.is(Errno.EPERM);
            if (!isFinal && !(action instanceof Action.KillAll)) {
                long again = clock.monotonicNanos() + RETRY_INTERVAL.toNanos();
                loop.timers().schedule(again, () -> retry(service, action, wantedIn));
            }
        }
    }

    /** A service as the run that is under way, or its last one, was launched. */
    private CompiledService launched(ServiceName name) {
        return versions.of(
                new RunKey(name, Math.max(1, project.status(name).run().number())));
    }

    /** As that run was launched; a hook at the end of a run belongs to that. */
    private CompiledService versionOf(RunKey key) {
        boolean ofEnd = hookOf(key).filter(HookSpec.Kind::isOfEnd).isPresent();
        return ofEnd ? launched(key.service()) : versions.of(key);
    }

    private void retry(CompiledService service, Action action, ServiceState wantedIn) {
        ServiceStatus status = project.status(service.name());
        if (status.run().number() == action.run() && status.state() == wantedIn) {
            attempt(service, action, wantedIn);
        }
    }

    /** Asks the conditions of {@link #when} again, of which something outside has changed. */
    public void tellWaiters() {
        if (!working) {
            waiters.look();
        }
    }
}

package dev.ostler.daemon;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.Hierarchies;
import dev.ostler.cgroup.LimitCgroups;
import dev.ostler.cgroup.ServiceCgroups;
import dev.ostler.cli.RemoteHandler;
import dev.ostler.cli.StartFailure;
import dev.ostler.control.AccessPolicy;
import dev.ostler.control.ControlServer;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperCodec;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Accounts;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Ids;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.PidFd;
import dev.ostler.linux.SeqPacket;
import dev.ostler.linux.SignalFd;
import dev.ostler.linux.SystemClock;
import dev.ostler.linux.UnixSocket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.output.Console;
import dev.ostler.output.LogDirectory;
import dev.ostler.output.Logs;
import dev.ostler.output.StampedStream;
import dev.ostler.plan.Guard;
import dev.ostler.plan.HostFacts;
import dev.ostler.probe.ProbeRunner;
import dev.ostler.service.Haste;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.ServiceMachine;
import dev.ostler.service.ServiceState;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.state.StateFile;
import dev.ostler.supervise.CompiledProject;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.NoneLeft;
import dev.ostler.supervise.ProjectCompiler;
import dev.ostler.supervise.Rollout;
import dev.ostler.supervise.Supervisor;
import dev.ostler.supervise.SystemHostFacts;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;

/**
 * One life of the supervisor, from the keeper's hello to its own end. The thread that calls {@link #run} becomes the loop
 * thread.
 */
final class Daemon {
    private static final int KEEPER_FD = 3;
    private static final int LOG_MODE = 0640;
    private static final Set<Signal> SIGNALS = Set.of(Signal.TERM, Signal.INT, Signal.HUP, Signal.QUIT);

    private final StartArguments arguments;
    private final Clock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);
    private final Handover handover = new Handover();
    private final PrintStream terminal = System.err;
    private final KeeperClient keeper;
    private Consumer<KeeperClient.Delivery> listener;

    Daemon(StartArguments arguments) {
        this.arguments = arguments;
        SeqPacket socket = SeqPacket.adopt(Fd.adopt(KEEPER_FD), KeeperCodec.MAX_PACKET_BYTES);
        keeper = new KeeperClient(socket, loop, delivery -> listener.accept(delivery), Daemon::keeperLost);
        listener = delivery -> handover.accept(delivery, keeper);
    }

    /** Without the keeper there is nothing left to supervise with; the death signal ends this process anyway. */
    private static void keeperLost() {
        Runtime.getRuntime().halt(1);
    }

    void run() {
        while (!handover.isComplete()) {
            loop.runOnce(Duration.ofSeconds(1));
        }
        Configuration configuration = new Configuration(arguments, handover, keeper);
        if (!configuration.load()) {
            leave(1);
            return;
        }
        String hash = arguments.projectHash();
        Optional<ServiceCgroups> cgroups = ServiceCgroups.open(hash);
        HostFacts facts = SystemHostFacts.capture(new Accounts());
        Guard guard = cgroups.isPresent() ? Guard.NONE : Guard.STAYS;
        Optional<CompiledProject> compiled = compile(configuration.project(), facts, guard);
        Optional<CompiledProject> before =
                configuration.unfinished().isEmpty() ? compiled : compile(configuration.projectBefore(), facts, guard);
        if (compiled.isEmpty() || before.isEmpty()) {
            leave(1);
            return;
        }
        supervise(configuration, compiled.get(), before.get(), cgroups, guard);
    }

    /** Empty when there are problems; they are on the terminal then. */
    private Optional<CompiledProject> compile(ProjectSpec project, HostFacts facts, Guard guard) {
        ProjectCompiler.Result compiled = ProjectCompiler.compile(project, facts, guard);
        compiled.problems().forEach(problem -> terminal.println(problem));
        return compiled.problems().isEmpty()
                ? Optional.of(new CompiledProject(project, compiled.services()))
                : Optional.empty();
    }

    private void supervise(
            Configuration configuration,
            CompiledProject compiled,
            CompiledProject before,
            Optional<ServiceCgroups> cgroups,
            Guard guard) {
        String hash = arguments.projectHash();
        Optional<Path> logDirectory = LogDirectory.open(configuration.environment(), Ids.effectiveUid(), hash);
        Optional<Console> console = console(compiled);
        Logs logs = new Logs(logDirectory, console, clock, loop);
        // Where the loggers write; people are told on the terminal.
        System.setErr(logs.own().orElseGet(() -> new StampedStream(terminal, clock)));
        Optional<Fd> storedState = handover.take("state");
        StateFile state = storedState.map(StateFile::adopt).orElseGet(StateFile::create);
        ProbeRunner probes = new ProbeRunner(loop.inbox()::post);
        LimitCgroups limits = new LimitCgroups(Hierarchies.own(), hash);
        CompiledProject all = compiled.with(before); // in the middle of a change also what is to go
        Project project = new Project(
                all.spec(),
                new ServiceMachine(
                        new RestartGovernor(() -> ThreadLocalRandom.current().nextDouble())),
                Moment.now(clock));
        Supervisor supervisor = new Supervisor(
                new Supervisor.Parts(loop, clock, keeper, logs, probes, state, cgroups, limits),
                project,
                all.services());
        LiveConfiguration live = new LiveConfiguration(configuration, supervisor, compiled, guard, loop.inbox()::post);
        Shutdown shutdown = new Shutdown(supervisor, logs, cgroups, limits, keeper, loop);
        Hangup hangup = new Hangup(live, keeper);
        listener = delivery -> onKeeper(delivery, supervisor, shutdown, hangup);
        watchSignals(shutdown, hangup);
        Optional<Fd> control = handover.take("control"); // what is not taken is dropped by the adoption
        if (storedState.isPresent()) {
            Optional<Fd> stopping = handover.take(Shutdown.STORE_NAME);
            configuration.unfinished().ifPresent(change -> Rollout.prepare(supervisor, before, change));
            supervisor.adoption().run(handover.rest(), handover.runs());
            if (stopping.isPresent()) {
                shutdown.resume(stopping.get());
            } else {
                configuration.unfinished().ifPresent(change -> live.resume(before, change));
            }
        } else {
            keeper.send(new KeeperRequest.Store("state"), List.of(state.fd().dup()));
            warn(compiled, logDirectory, cgroups.isPresent());
            supervisor.startAll();
        }
        RemoteHandler handler = new RemoteHandler(new RemoteHandler.Parts(
                supervisor, allDown -> shutdown.begin(Haste.NONE, allDown), live, clock, loop, keeper));
        control.ifPresent(socket -> serve(socket, supervisor, handler));
        keeper.send(new KeeperRequest.Adopted(), List.of());
        shutdown.atTheEnd(live::isBusy, terminal::println);
        reportStart(supervisor, logDirectory.map(directory -> directory.resolve(Logs.OWN_FILE)));
        supervisor.when(new NoneLeft<>(supervisor::services, service -> isStarting(supervisor, service)), () -> {
            Settling.begin(List.of(handler.rehearsal(), supervisor.rehearsal()));
            live.watchedBy(new DiskWatch(loop, clock::monotonicNanos, configuration::comparison));
        });
        loop.run();
    }

    /** A launch is under way that other work would delay. */
    private static boolean isStarting(Supervisor supervisor, CompiledService service) {
        return supervisor.status(service.name()).state() == ServiceState.STARTING;
    }

    private Optional<Console> console(CompiledProject compiled) {
        if (arguments.detached()) {
            return Optional.empty();
        }
        int width = compiled.services().stream()
                .mapToInt(service -> service.name().value().length())
                .max()
                .orElse(0);
        return Optional.of(new Console(arguments.colour(), width));
    }

    private void warn(CompiledProject compiled, Optional<Path> logDirectory, boolean cgroups) {
        if (!cgroups) {
            terminal.println("note: no cgroup can be made here: a guard process ends what a service leaves behind");
        }
        for (CompiledService service : compiled.services()) {
            service.degraded().forEach(text -> terminal.println("warning: " + text));
        }
        if (logDirectory.isEmpty()) {
            terminal.println("warning: no directory for log files can be written to: logs go to the console only");
        }
    }

    private void onKeeper(KeeperClient.Delivery delivery, Supervisor supervisor, Shutdown shutdown, Hangup hangup) {
        if (delivery.event() instanceof KeeperEvent.OfRun ofRun) {
            supervisor.onKeeperEvent(ofRun, delivery.descriptors());
        } else if (delivery.event() instanceof KeeperEvent.SignalReceived received) {
            onSignal(received.signal(), !arguments.detached() && arguments.colour(), shutdown, hangup);
        }
    }

    private static void onSignal(Signal signal, boolean fromTerminal, Shutdown shutdown, Hangup hangup) {
        if (signal.equals(Signal.HUP) && !fromTerminal) {
            hangup.onSignal();
        } else {
            shutdown.onSignal(signal);
        }
    }

    private void watchSignals(Shutdown shutdown, Hangup hangup) {
        SignalFd signals = SignalFd.create(SIGNALS);
        loop.register(
                Priority.SIGNALS,
                signals.fd(),
                LinuxConstants.EPOLLIN,
                (events, now) -> signals.read().forEach(signal -> onSignal(signal, false, shutdown, hangup)));
    }

    private void serve(Fd control, Supervisor supervisor, RemoteHandler handler) {
        AccessPolicy policy = new AccessPolicy(Ids.effectiveUid(), supervisor::isSupervised, PidFd::exists);
        new ControlServer(loop, UnixSocket.adopt(control), policy, handler::handle);
    }

    /** {@code up} is told how its start went; what fails later is in {@code status} and the logs. */
    private void reportStart(Supervisor supervisor, Optional<Path> logFile) {
        KeeperEvent.Hello hello = handover.hello();
        if (hello.detached()) {
            sendOutputTo(logFile);
        } else if (arguments.detached() || !hello.restarted()) {
            Set<ServiceName> said = new HashSet<>();
            if (!arguments.detached()) {
                Consumer<ServiceName> say = name -> sayOnce(supervisor, name, said);
                supervisor.enabled().stream().filter(supervisor::isGivenUp).forEach(say);
                supervisor.tellGivenUp(say);
            }
            supervisor.when(
                    new NoneLeft<>(supervisor::services, service -> isStartUnknown(supervisor, service)),
                    () -> startKnown(supervisor, said, logFile));
        }
    }

    /** At once, whatever the others still wait for. */
    private void sayOnce(Supervisor supervisor, ServiceName name, Set<ServiceName> said) {
        List<ServiceName> failed = StartFailure.of(supervisor, List.of(name));
        if (!failed.isEmpty() && said.add(name)) {
            StartFailure.report(supervisor, failed, terminal::print, () -> {});
        }
    }

    private void startKnown(Supervisor supervisor, Set<ServiceName> said, Optional<Path> logFile) {
        supervisor.tellGivenUp(name -> {});
        if (supervisor.isShuttingDown() && !arguments.detached()) {
            return; // whoever ends it before it is up knows why it is not
        }
        List<ServiceName> failed = StartFailure.of(supervisor, supervisor.enabled());
        List<ServiceName> unsaid =
                failed.stream().filter(name -> !said.contains(name)).toList();
        StartFailure.report(supervisor, unsaid, terminal::print, () -> {
            if (arguments.detached()) {
                detach(failed.isEmpty() ? 0 : 1, logFile);
            }
        });
    }

    private static boolean isStartUnknown(Supervisor supervisor, CompiledService service) {
        return !service.spec().lifecycle().disabled()
                && supervisor.status(service.name()).startOutcome().isPending();
    }

    private void detach(int code, Optional<Path> logFile) {
        keeper.send(new KeeperRequest.Detach(code), List.of());
        sendOutputTo(logFile);
    }

    /** From now on standard output and standard error of this process go to the supervisor's own log. */
    private static void sendOutputTo(Optional<Path> logFile) {
        System.out.flush();
        int flags = LinuxConstants.O_WRONLY | LinuxConstants.O_CREAT | LinuxConstants.O_APPEND;
        try (Fd target = logFile.isPresent()
                ? Descriptors.open(logFile.get(), flags, LOG_MODE)
                : Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_WRONLY)) {
            Descriptors.dup2(target, 1);
            Descriptors.dup2(target, 2);
        }
    }

    /** Asks the keeper to end, which ends this process too. */
    private void leave(int code) {
        terminal.flush();
        keeper.exit(code);
        loop.run();
    }
}

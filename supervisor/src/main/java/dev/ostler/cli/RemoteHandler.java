package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.control.ControlRequest;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Selection;
import dev.ostler.control.Session;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.loop.EventLoop;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.NoneLeft;
import dev.ostler.supervise.Supervisor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Carries out what clients ask on the control socket, and answers when it is done. Loop thread only. */
public final class RemoteHandler {
    private static final int OK = 0;
    private static final int FAILED = 1;

    private final Supervisor supervisor;
    private final Down down;
    private final LiveChanges changes;
    private final Clock clock;
    private final AuditCommand audits;
    private final WhyCommand whys;
    private final WaitCommand waits;
    private final EventsCommand events;
    private final TopCommand tops;
    private final RunningCommands running;
    private final SelfReport self;

    /** Begins the end of the project. */
    @FunctionalInterface
    public interface Down {
        void begin(Runnable allDown);
    }

    /** The parts that {@code daemon} wires. */
    public record Parts(
            Supervisor supervisor, Down down, LiveChanges changes, Clock clock, EventLoop loop, KeeperClient keeper) {}

    public RemoteHandler(Parts parts) {
        this.supervisor = parts.supervisor();
        this.down = parts.down();
        this.changes = parts.changes();
        this.clock = parts.clock();
        Consumer<Runnable> loop = parts.loop().inbox()::post;
        this.audits = new AuditCommand(supervisor, loop);
        this.whys = new WhyCommand(supervisor, clock);
        this.waits = new WaitCommand(supervisor, clock);
        this.events = new EventsCommand(supervisor);
        this.tops = new TopCommand(supervisor, loop);
        this.running = new RunningCommands(supervisor.requests());
        this.self = new SelfReport(parts.loop(), parts.keeper(), clock);
    }

    public void handle(ControlRequest request, Session session) {
        RemoteCommands.Parsing parsed = RemoteCommands.parse(request.argv());
        if (parsed instanceof RemoteCommands.Usage usage) {
            if (usage.exitCode() == OK) {
                session.out(usage.text());
            } else {
                session.err(usage.text());
            }
            session.exit(usage.exitCode());
            return;
        }
        try {
            run(((RemoteCommands.Parsed) parsed).command(), session);
        } catch (IllegalArgumentException | IllegalStateException e) { // no such service, or going down
            fail(session, e.getMessage());
        }
    }

    private void run(RemoteCommand command, Session session) {
        if (command instanceof RemoteCommand.Status status) {
            status(status, session);
        } else if (command instanceof RemoteCommand.Start start) {
            List<ServiceName> names = toStart(start.services());
            names.forEach(name -> start(name, start.services()));
            answerWhenStarted(startedNow(names, start.services()), session);
        } else if (command instanceof RemoteCommand.Stop stop) {
            stop(selected(stop.services()), session);
        } else if (command instanceof RemoteCommand.Restart restart) {
            List<ServiceName> names = toRestart(restart.services());
            supervisor.restart(names);
            answerWhenStarted(names, session);
        } else if (command instanceof RemoteCommand.Logs tail) {
            logs(tail, session);
        } else if (command instanceof RemoteCommand.Down) {
            down.begin(() -> session.exit(OK));
        } else if (command instanceof RemoteCommand.Diff diff) {
            changes.diff(diff.json(), reporter(session));
        } else if (command instanceof RemoteCommand.Apply) {
            changes.apply(reporter(session));
        } else if (command instanceof RemoteCommand.Audit audit) {
            audits.run(known(List.of(audit.service())).get(0), audit.json(), session);
        } else {
            answer(command, session);
        }
    }

    private void answer(RemoteCommand command, Session session) {
        if (command instanceof RemoteCommand.Why why) {
            whys.run(known(List.of(why.service())).get(0), session);
        } else if (command instanceof RemoteCommand.Wait wait) {
            waits.run(known(wait.services()), wait, session);
        } else if (command instanceof RemoteCommand.Events asked) {
            events.run(asked.services(), asked.follow(), session);
        } else if (command instanceof RemoteCommand.Tree) {
            session.out(TreeText.of(
                    supervisor.services().stream().map(CompiledService::spec).toList(), supervisor::status));
            session.exit(OK);
        } else if (command instanceof RemoteCommand.Top top) {
            tops.run(known(top.services()), session);
        } else if (command instanceof RemoteCommand.SendSignal signal) {
            running.signal(signal, named(signal.services()), session);
        } else if (command instanceof RemoteCommand.Reload reload) {
            running.reload(named(reload.services()), session);
        } else if (command instanceof RemoteCommand.Self) {
            session.out(self.text());
            session.exit(OK);
        }
    }

    private List<ServiceName> selected(Selection selection) {
        return selection.isAll() ? known(List.of()) : named(selection);
    }

    /** A service that is disabled is started when it is named. */
    private List<ServiceName> toStart(Selection selection) {
        if (selection.isAll()) {
            return supervisor.enabled();
        }
        Set<ServiceName> names = new LinkedHashSet<>(named(selection));
        names.removeIf(name -> !selection.services().contains(name)
                && supervisor.service(name).orElseThrow().spec().lifecycle().disabled());
        return List.copyOf(names);
    }

    /** One that waits for its trigger goes on waiting, unless it is named. */
    private List<ServiceName> toRestart(Selection selection) {
        return toStart(selection).stream()
                .filter(name -> selection.services().contains(name)
                        || !supervisor.status(name).isArmed())
                .toList();
    }

    /** All but those that their trigger starts when it comes. */
    private List<ServiceName> startedNow(List<ServiceName> names, Selection selection) {
        return names.stream()
                .filter(name -> selection.services().contains(name)
                        || !supervisor
                                .service(name)
                                .orElseThrow()
                                .spec()
                                .activation()
                                .onDemand())
                .toList();
    }

    private void start(ServiceName name, Selection selection) {
        if (selection.services().contains(name)) {
            supervisor.start(name);
        } else {
            supervisor.startFirst(name);
        }
    }

    /** By name, then by group; each once. */
    private List<ServiceName> named(Selection selection) {
        Set<ServiceName> names = new LinkedHashSet<>();
        if (!selection.services().isEmpty()) {
            names.addAll(known(selection.services()));
        }
        selection.groups().forEach(group -> names.addAll(members(group)));
        return List.copyOf(names);
    }

    private List<ServiceName> members(GroupName group) {
        List<ServiceName> members = supervisor.services().stream()
                .filter(service -> service.spec().lifecycle().groups().contains(group))
                .map(CompiledService::name)
                .toList();
        if (members.isEmpty()) {
            throw new IllegalArgumentException(UnknownService.noGroup(
                    group.value(),
                    supervisor.services().stream()
                            .flatMap(service -> service.spec().lifecycle().groups().stream())
                            .map(GroupName::value)
                            .distinct()
                            .toList()));
        }
        return members;
    }

    private static LiveChanges.Reporter reporter(Session session) {
        return new LiveChanges.Reporter() {
            @Override
            public void out(String text) {
                session.out(text);
            }

            @Override
            public void err(String text) {
                session.err(text);
            }

            @Override
            public void exit(int code) {
                session.exit(code);
            }
        };
    }

    /** The named services, all of them when none is named. */
    private List<ServiceName> known(List<ServiceName> names) {
        for (ServiceName name : names) {
            if (supervisor.service(name).isEmpty()) {
                throw new IllegalArgumentException(UnknownService.text(
                        name.value(),
                        supervisor.services().stream()
                                .map(service -> service.name().value())
                                .toList()));
            }
        }
        return names.isEmpty()
                ? supervisor.services().stream().map(CompiledService::name).toList()
                : names;
    }

    private static void fail(Session session, String text) {
        session.err(text + "\n");
        session.exit(FAILED);
    }

    private void status(RemoteCommand.Status command, Session session) {
        List<StatusReport.Entry> entries = entries(selected(command.services()), command.json());
        List<String> changed = changes.changedOnDisk();
        session.out(
                command.json()
                        ? StatusJson.of(entries, changed)
                        : StatusReport.text(entries, changed, clock.monotonicNanos()));
        session.exit(OK);
    }

    private List<StatusReport.Entry> entries(List<ServiceName> names, boolean usage) {
        List<StatusReport.Entry> entries = new ArrayList<>();
        for (ServiceName name : names) {
            entries.add(new StatusReport.Entry(
                    supervisor.service(name).orElseThrow(),
                    supervisor.status(name),
                    supervisor.obstacle(name),
                    usage ? supervisor.usage(name) : Optional.empty(),
                    List.copyOf(supervisor.storedBy(name).values()),
                    supervisor.nextRun(name)));
        }
        return entries;
    }

    /**
     * Answers that nobody gets, so that the first client finds the code loaded and compiled: picocli alone takes 100 ms. For
     * any thread, once.
     */
    public Runnable rehearsal() {
        return new Rehearsal(entries(known(List.of()), false), clock);
    }

    private void answerWhenStarted(List<ServiceName> names, Session session) {
        supervisor.when(
                new NoneLeft<>(
                        () -> names,
                        name -> supervisor.status(name).startOutcome().isPending()),
                () -> startAnswer(names, session));
    }

    private void startAnswer(List<ServiceName> names, Session session) {
        names.stream()
                .map(supervisor::status)
                .filter(status -> status.state() == ServiceState.SKIPPED)
                .forEach(status -> session.out(status.name() + ": " + status.reason() + "\n"));
        List<ServiceName> failed = StartFailure.of(supervisor, names);
        StartFailure.report(supervisor, failed, session::err, () -> session.exit(failed.isEmpty() ? OK : FAILED));
    }

    private void stop(List<ServiceName> names, Session session) {
        Map<ServiceName, Integer> runs = new LinkedHashMap<>();
        for (ServiceName name : names) {
            if (supervisor.status(name).state().isAlive()) { // of the others there is no end to tell
                runs.put(name, supervisor.status(name).run().number());
            }
        }
        supervisor.stop(names);
        List<ServiceName> stopped = List.copyOf(runs.keySet());
        supervisor.when(
                new NoneLeft<>(() -> stopped, name -> !supervisor.status(name).isOver(runs.get(name))), () -> {
                    runs.forEach((name, run) ->
                            lastExit(name, run).ifPresent(text -> session.out(name + ": " + text + "\n")));
                    session.exit(OK);
                });
    }

    private Optional<String> lastExit(ServiceName name, int run) {
        ServiceStatus status = supervisor.status(name);
        return status.lastExit().filter(exit -> exit.run() == run).map(exit -> exit.describe());
    }

    private void logs(RemoteCommand.Logs command, Session session) {
        LogStream stream = new LogStream(supervisor.logs(), known(command.services()), command, session);
        stream.begin();
        if (command.follow()) {
            supervisor.when(
                    () -> !session.isOpen() || supervisor.isShuttingDown() && supervisor.isAllDown(), stream::finish);
        }
    }
}

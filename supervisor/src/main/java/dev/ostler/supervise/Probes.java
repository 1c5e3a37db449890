package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.plan.Plan;
import dev.ostler.probe.ProbeRunner;
import dev.ostler.service.Action;
import dev.ostler.service.Event;
import dev.ostler.spec.ProbeCheck;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The probes under way, at most one for each service. Loop thread only. */
final class Probes {
    private final ProbeRunner runner;
    private final CommandRuns commands;
    private final EventLoop loop;
    private final Clock clock;
    private final Logs logs;
    private final EventSink events;
    private final Map<ServiceName, Runnable> cancellations = new HashMap<>();

    Probes(ProbeRunner runner, CommandRuns commands, EventLoop loop, Clock clock, Logs logs, EventSink events) {
        this.runner = runner;
        this.commands = commands;
        this.loop = loop;
        this.clock = clock;
        this.logs = logs;
        this.events = events;
    }

    /** Takes the place of the one that is under way. */
    void start(CompiledService service, LiveRun run, Action.StartProbe start) {
        RunKey key = run.key;
        cancel(key.service());
        Consumer<Optional<String>> listener =
                failure -> events.accept(key.service(), new Event.Probed(key.run(), start.purpose(), failure));
        cancellations.put(key.service(), begin(service, run, start, listener));
    }

    private Runnable begin(
            CompiledService service, LiveRun run, Action.StartProbe start, Consumer<Optional<String>> listener) {
        if (start.probe().check() instanceof ProbeCheck.Exec exec) {
            Plan plan = service.commands().get(exec.command());
            ExecProbe probe = new ExecProbe(service.name(), start.probe(), plan, commands, loop, clock, listener);
            probe.start();
            return probe::cancel;
        }
        if (start.probe().check() instanceof ProbeCheck.LogLine line) {
            return logs.whenSaid(run.key, run.adopted(), () -> listener.accept(Optional.empty()));
        }
        return runner.start(start.probe(), processes(run), listener)::cancel;
    }

    /** What it needs is fixed here, on the loop thread. */
    private static Supplier<List<Pid>> processes(LiveRun run) {
        Optional<Pid> main = run.pid();
        Optional<RunTree> tree = run.tree();
        return () -> {
            List<Pid> all = new ArrayList<>();
            main.ifPresent(all::add);
            tree.ifPresent(found -> all.addAll(found.processes()));
            return all;
        };
    }

    /** No event of it comes after this. */
    void cancel(ServiceName service) {
        Optional.ofNullable(cancellations.remove(service)).ifPresent(Runnable::run);
    }
}

package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.linux.Fd;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.Requester;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Step;
import dev.ostler.service.Wanted;
import dev.ostler.spec.Trigger;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** What starts services that are not started with the project: traffic on their sockets, their time, their paths. Loop thread only. */
final class Activations {
    private final Project project;
    private final Consumer<Function<Moment, List<Step>>> work;
    private final Listeners listeners;
    private final TimerWatch timers;
    private final PathWatch paths;
    private List<CompiledService> services = List.of();

    /** Whom it asks. */
    record Tools(EventLoop loop, Clock clock, KeeperClient keeper, Logs logs, OffLoop offLoop) {}

    Activations(Tools tools, Project project, Listeners listeners, Consumer<Function<Moment, List<Step>>> work) {
        this.project = project;
        this.work = work;
        this.listeners = listeners;
        this.timers = new TimerWatch(
                tools.loop(),
                tools.clock(),
                tools.logs(),
                new TimerStamps(tools.logs().directory(), new OffLoop(tools.loop(), tools.clock())),
                project::status,
                name -> activate(name, Requester.TIMER));
        this.paths = new PathWatch(
                tools.loop(), tools.clock(), tools.keeper(), tools.offLoop(), name -> activate(name, Requester.PATH));
    }

    /** From now on these. */
    void replace(List<CompiledService> all) {
        List<CompiledService> next = all.stream()
                .filter(service -> service.spec().activation().onDemand())
                .toList();
        for (CompiledService service : services) {
            Optional<Trigger> trigger = next.stream()
                    .filter(other -> other.name().equals(service.name()))
                    .map(other -> other.spec().activation().trigger())
                    .findFirst();
            if (trigger.filter(Trigger.Timed.class::isInstance).isEmpty()) {
                timers.remove(service.name());
            }
            if (trigger.filter(Trigger.AtPath.class::isInstance).isEmpty()) {
                paths.remove(service.name());
            }
            if (trigger.filter(Trigger.Traffic.class::isInstance).isEmpty()) {
                listeners.unwatch(service.name());
            }
        }
        services = next;
    }

    /** Takes what it needs out of what the keeper holds. */
    void adopt(Map<String, Fd> stored) {
        services.stream()
                .filter(service -> service.spec().activation().trigger() instanceof Trigger.AtPath)
                .forEach(service -> paths.adopt(service.name(), stored));
    }

    void activate(ServiceName name, Requester by) {
        work.accept(now -> project.activate(name, by, now));
    }

    /** After statuses have changed: watches what is waited for, and nothing else. */
    void look() {
        if (services.isEmpty()) {
            return;
        }
        for (CompiledService service : services) {
            ServiceStatus status = project.status(service.name());
            boolean up = !project.isShuttingDown();
            if (service.spec().activation().trigger() instanceof Trigger.Timed timed) {
                timers.set(service.name(), timed, up && status.wanted() == Wanted.UP);
            } else if (service.spec().activation().trigger() instanceof Trigger.AtPath atPath) {
                paths.set(service.name(), atPath, up && status.isArmed());
            } else {
                listeners.watch(service, up && status.isArmed());
            }
        }
        timers.settle();
    }

    /** Why what starts a service may not be seen at once. */
    Optional<String> obstacle(ServiceName name) {
        return paths.obstacle(name);
    }

    /** When a service that is started by its time is due next. */
    Optional<Instant> nextRun(ServiceName name) {
        return timers.next(name);
    }
}

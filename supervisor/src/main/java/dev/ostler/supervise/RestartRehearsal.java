package dev.ostler.supervise;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.plan.PlanEncoder;
import dev.ostler.service.Action;
import dev.ostler.service.Event;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.ServiceMachine;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Step;
import dev.ostler.spec.ProjectSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Restarts a service on paper, until the decisions of a restart are loaded and compiled: the first real one takes 10 ms
 * otherwise. Any thread; shares nothing with the real project.
 */
final class RestartRehearsal implements Runnable {
    /** HotSpot compiles a method after 200 calls. */
    private static final int ROUNDS = 250;

    private static final long UP_NANOS = Duration.ofSeconds(2).toNanos();

    private final CompiledService service;

    /** @param service one without dependencies */
    RestartRehearsal(CompiledService service) {
        this.service = service;
    }

    @Override
    public void run() {
        for (int i = 0; i < ROUNDS; i++) {
            restart();
        }
    }

    /** The service starts, works, is killed and starts again; its status at the end. */
    ServiceStatus restart() {
        Moment begin = new Moment(0, Instant.EPOCH);
        Moment end = new Moment(UP_NANOS, Instant.EPOCH);
        Project project = new Project(
                new ProjectSpec(Path.of("/"), List.of(service.spec())),
                new ServiceMachine(new RestartGovernor(() -> 0)),
                begin);
        write(project.startAll(begin));
        int run = project.status(service.name()).run().number();
        write(project.accept(service.name(), new Event.Spawned(run, new Pid(1), "cgroup", 0, Instant.EPOCH), begin));
        write(project.accept(service.name(), new Event.LaunchSucceeded(run), begin));
        Event killed = new Event.MainExited(run, ExitStatus.killedBy(Signal.KILL), UP_NANOS, true);
        write(project.accept(service.name(), killed, end));
        project.nextDeadlineNanos();
        return project.status(service.name());
    }

    private void write(List<Step> steps) {
        for (Step step : steps) {
            StatusCodec.encode(step.status());
            if (step.actions().stream().anyMatch(Action.Spawn.class::isInstance)) {
                PlanEncoder.encode(service.plan());
            }
        }
    }
}

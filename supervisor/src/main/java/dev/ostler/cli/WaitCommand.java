package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand.Wait;
import dev.ostler.control.Session;
import dev.ostler.loop.Timer;
import dev.ostler.loop.TimerQueue;
import dev.ostler.service.Elapsed;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.supervise.Supervisor;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The {@code wait} command: answers when services are as they should be, or the time is over. Loop thread only. */
final class WaitCommand {
    private final Supervisor supervisor;
    private final TimerQueue timers;
    private final Clock clock;

    WaitCommand(Supervisor supervisor, TimerQueue timers, Clock clock) {
        this.supervisor = supervisor;
        this.timers = timers;
        this.clock = clock;
    }

    void run(List<ServiceName> names, Wait wait, Session session) {
        Optional<Timer> timer = wait.timeout()
                .map(time -> timers.schedule(deadline(time), () -> {
                    session.err("waited for " + Elapsed.text(time) + ":\n");
                    unmet(names, wait.condition()).forEach(name -> session.err(describe(name)));
                    session.exit(ExitCode.FAILED);
                }));
        timer.ifPresent(armed -> session.onClose(armed::cancel));
        supervisor.when(
                () -> !session.isOpen() || unmet(names, wait.condition()).isEmpty() || isOver(),
                () -> answer(names, wait.condition(), session));
    }

    private void answer(List<ServiceName> names, Wait.Condition condition, Session session) {
        List<ServiceName> unmet = unmet(names, condition);
        unmet.forEach(name -> session.err(describe(name)));
        session.exit(unmet.isEmpty() ? ExitCode.OK : ExitCode.FAILED);
    }

    private long deadline(Duration time) {
        return clock.monotonicNanos() + time.toNanos();
    }

    /** Nothing will change any more. */
    private boolean isOver() {
        return supervisor.isShuttingDown() && supervisor.isAllDown();
    }

    private String describe(ServiceName name) {
        return supervisor.service(name).isEmpty()
                ? name + " is no longer there\n"
                : name + " is " + supervisor.status(name).state() + ": "
                        + supervisor.status(name).reason() + "\n";
    }

    private List<ServiceName> unmet(List<ServiceName> names, Wait.Condition condition) {
        return names.stream().filter(name -> !isMet(name, condition)).toList();
    }

    /** A service that a change has taken away has stopped, and will not be ready. */
    private boolean isMet(ServiceName name, Wait.Condition condition) {
        if (supervisor.service(name).isEmpty()) {
            return condition == Wait.Condition.STOPPED;
        }
        ServiceStatus status = supervisor.status(name);
        return switch (condition) {
            case STARTED -> status.state() == ServiceState.STARTED || status.state() == ServiceState.READY;
            case READY -> status.state() == ServiceState.READY;
            case STOPPED ->
                !status.state().isAlive()
                        && status.state() != ServiceState.WAITING
                        && status.deadlineNanos().isEmpty(); // else it is tried again
        };
    }
}

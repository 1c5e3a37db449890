package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.control.Session;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.ProcStat;
import dev.ostler.service.Health;
import dev.ostler.service.Moment;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.supervise.Supervisor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The {@code why} command. Loop thread only; the last lines come from the log thread. */
final class WhyCommand {
    /** Of the processes that hold up a stop: more say nothing more. */
    private static final int MOST_PROCESSES = 20;

    /** Enough to see what it complained about. */
    private static final int LAST_LINES = 20;

    private final Supervisor supervisor;
    private final Clock clock;

    WhyCommand(Supervisor supervisor, Clock clock) {
        this.supervisor = supervisor;
        this.clock = clock;
    }

    void run(ServiceName name, Session session) {
        supervisor.logs().recent(name, LAST_LINES, lines -> {
            if (supervisor.service(name).isEmpty()) {
                session.err(name + " is no longer there\n");
                session.exit(ExitCode.FAILED);
                return;
            }
            session.out(WhyText.of(facts(name, lines)));
            session.exit(ExitCode.OK);
        });
    }

    private WhyText.Facts facts(ServiceName name, List<String> lastLines) {
        ServiceStatus status = supervisor.status(name);
        return new WhyText.Facts(
                status,
                this::spec,
                supervisor::status,
                status.health()
                        .lastFailure()
                        .filter(failure -> status.state() == ServiceState.STARTED)
                        .map(Health.Failure::text)
                        .or(() -> supervisor.obstacle(name)),
                supervisor.nextRun(name),
                status.state().isEnding() ? left(name) : List.of(),
                lastLines,
                Moment.now(clock));
    }

    private ServiceSpec spec(ServiceName name) {
        return supervisor.service(name).orElseThrow().spec();
    }

    private List<String> left(ServiceName name) {
        List<String> texts = new ArrayList<>();
        List<Pid> all = supervisor.left(name);
        for (Pid pid : all.subList(0, Math.min(all.size(), MOST_PROCESSES))) {
            try {
                String program =
                        Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
                texts.add(pid + " " + program + " (" + ProcStat.of(pid).state() + ")");
            } catch (IOException | KernelException ignored) { // it has ended meanwhile
                continue;
            }
        }
        if (all.size() > MOST_PROCESSES) {
            texts.add((all.size() - MOST_PROCESSES) + " more");
        }
        return texts;
    }
}

package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand.Wait;
import dev.ostler.control.Reply;
import dev.ostler.control.Session;
import dev.ostler.service.Elapsed;
import dev.ostler.service.Milestone;
import dev.ostler.supervise.StatusPage;
import dev.ostler.supervise.Supervisor;
import java.util.List;

/**
 * The {@code wait} command: answers when services are as they should be already. Else the client waits by itself, on the page of
 * the statuses, whatever becomes of this supervisor. Loop thread only.
 */
final class WaitCommand {
    private final Supervisor supervisor;
    private final Clock clock;

    WaitCommand(Supervisor supervisor, Clock clock) {
        this.supervisor = supervisor;
        this.clock = clock;
    }

    void run(List<ServiceName> names, Wait wait, Session session) {
        List<ServiceName> unmet = names.stream()
                .filter(name -> !wait.milestone().isMet(supervisor.status(name)))
                .toList();
        if (unmet.isEmpty()) {
            session.exit(ExitCode.OK);
        } else {
            handOver(names, wait, session);
        }
    }

    private void handOver(List<ServiceName> names, Wait wait, Session session) {
        long untilNanos = wait.timeout()
                .map(time -> Math.max(1, clock.monotonicNanos() + time.toNanos()))
                .orElse(0L);
        String late = wait.timeout()
                .map(time -> "waited for " + Elapsed.text(time) + ":")
                .orElse("");
        Milestone milestone = wait.milestone();
        StatusPage page = supervisor.page(names);
        session.handOver(Reply.page(milestone.bit(), untilNanos, page.records(), late), page.file());
    }
}

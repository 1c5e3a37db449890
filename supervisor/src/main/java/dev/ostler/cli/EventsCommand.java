package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.Session;
import dev.ostler.supervise.History;
import dev.ostler.supervise.Supervisor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The {@code events} command: changes of state as JSON, one object a line. Loop thread only. */
final class EventsCommand {
    private final Supervisor supervisor;

    EventsCommand(Supervisor supervisor) {
        this.supervisor = supervisor;
    }

    /** @param names none = of all services, also of those that come later */
    void run(List<ServiceName> names, boolean follow, Session session) {
        Set<String> wanted = new HashSet<>();
        names.forEach(name -> wanted.add(name.value()));
        StringBuilder text = new StringBuilder();
        supervisor.history().latest().stream()
                .filter(happening -> isWanted(happening, wanted))
                .forEach(happening -> text.append(EventJson.line(happening)));
        session.out(text.toString());
        if (!follow) {
            session.exit(ExitCode.OK);
            return;
        }
        session.onClose(supervisor.history().listen(happening -> {
            if (isWanted(happening, wanted)) {
                session.out(EventJson.line(happening));
            }
        }));
        supervisor.when(
                () -> !session.isOpen() || supervisor.isShuttingDown() && supervisor.isAllDown(),
                () -> session.exit(ExitCode.OK));
    }

    private static boolean isWanted(History.Happening happening, Set<String> names) {
        return names.isEmpty() || names.contains(happening.service());
    }
}

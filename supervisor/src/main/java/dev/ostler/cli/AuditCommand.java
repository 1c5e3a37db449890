package dev.ostler.cli;

import dev.ostler.control.Session;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.Supervisor;

final class AuditCommand {
    static void run(CompiledService service, Supervisor supervisor, Session session) {
        session.exit(1);
    }
}

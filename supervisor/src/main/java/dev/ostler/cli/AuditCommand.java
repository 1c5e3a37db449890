package dev.ostler.cli;

import dev.ostler.audit.Audit;
import dev.ostler.audit.AuditText;
import dev.ostler.audit.Finding;
import dev.ostler.audit.ProcFacts;
import dev.ostler.audit.Subject;
import dev.ostler.audit.Verdict;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.cgroup.ServiceCgroup;
import dev.ostler.control.Session;
import dev.ostler.linux.Descendants;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Ids;
import dev.ostler.linux.KernelException;
import dev.ostler.plan.StoredDescriptors;
import dev.ostler.supervise.CompiledService;
import dev.ostler.supervise.RunningProcesses;
import dev.ostler.supervise.Supervisor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The {@code audit} command. Loop thread, but the kernel is asked on a thread of the audit's own, as a service may have
 * any number of processes and descriptors, and its program may lie on a slow disk.
 */
final class AuditCommand {
    private final Supervisor supervisor;
    private final Consumer<Runnable> loop;

    /** @param loop runs what it is given on the loop thread; called by threads of audits */
    AuditCommand(Supervisor supervisor, Consumer<Runnable> loop) {
        this.supervisor = supervisor;
        this.loop = loop;
    }

    void run(ServiceName name, boolean json, Session session) {
        Optional<RunningProcesses> processes = supervisor.processes(name);
        Pid self = Ids.pid();
        Optional<Pid> keeper = Descendants.parentOf(self);
        if (processes.isEmpty() || keeper.isEmpty()) {
            fail(session, doesNotRun(name));
            return;
        }
        CompiledService service = supervisor.service(name).orElseThrow();
        int run = supervisor.status(name).run().number();
        RunningProcesses found = processes.get();
        Subject subject = new Subject(
                StoredDescriptors.among(service.plan(), service.spec(), supervisor.givenTo(name)),
                service.target().uid(),
                found.main(),
                found.all(),
                service.degraded(),
                joined(service),
                name + "-" + run,
                found.cgroup().map(ServiceCgroup::id),
                found.means(),
                found.guard(),
                keeper.get(),
                self,
                supervisor.storedBy(name));
        Thread thread = new Thread(() -> ask(subject, name, run, json, session), "audit");
        thread.setDaemon(true);
        thread.start();
    }

    private Map<ServiceName, Pid> joined(CompiledService service) {
        Map<ServiceName, Pid> joined = new HashMap<>();
        service.plan()
                .joinedServices()
                .forEach(other -> supervisor
                        .processes(other.service())
                        .ifPresent(processes -> joined.put(other.service(), processes.main())));
        return joined;
    }

    private void ask(Subject subject, ServiceName name, int run, boolean json, Session session) {
        try {
            List<Finding> findings = Audit.of(subject, new ProcFacts());
            String text = json ? AuditJson.of(findings) : AuditText.table(findings);
            loop.accept(() -> answer(findings, text, name, run, session));
        } catch (KernelException e) {
            loop.accept(() -> fail(
                    session,
                    e.is(Errno.ESRCH) ? doesNotRun(name) : "cannot audit \"" + name + "\": " + e.getMessage()));
        } catch (RuntimeException e) { // files of a process that ends right now lack lines
            loop.accept(() -> fail(session, "cannot audit \"" + name + "\": " + e.getMessage()));
        }
    }

    /** Process ids may have changed hands while the kernel was asked, unless the run still lives. */
    private void answer(List<Finding> findings, String text, ServiceName name, int run, Session session) {
        if (supervisor.processes(name).isEmpty()
                || supervisor.status(name).run().number() != run) {
            fail(session, doesNotRun(name));
            return;
        }
        session.out(text);
        boolean differs = findings.stream().anyMatch(finding -> finding.verdict() == Verdict.DIFFERS);
        session.exit(differs ? ExitCode.FAILED : ExitCode.OK);
    }

    private String doesNotRun(ServiceName name) {
        return "cannot audit \"" + name + "\": it does not run, it is "
                + supervisor.status(name).state();
    }

    private static void fail(Session session, String text) {
        session.err(text + "\n");
        session.exit(ExitCode.FAILED);
    }
}

package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.ProcStatus;
import dev.ostler.plan.Op;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import dev.ostler.spec.NamespaceType;
import java.util.Optional;

/** Who is the parent, what ends the service as a whole, and what does not protect the supervisor from it. */
final class SupervisionAudit {
    private final Findings findings;
    private final KernelFacts kernel;
    private final Subject subject;

    SupervisionAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.kernel = kernel;
        this.subject = subject;
    }

    void audit(ProcStatus status) {
        boolean init = NamespaceInit.isAskedFor(subject);
        String parent = init ? "init" : subject.plan().guard() ? "guard" : "keeper";
        findings.compare("parent", parent, Origin.BUILT_IN, () -> init ? init() : parent(status.parent()));
        // namespaces need a guard, which does not keep a run from having a cgroup as well
        boolean both = subject.plan().ops().stream().anyMatch(planned -> planned.op() instanceof SandboxOp.Namespaces)
                && subject.means().equals("cgroup");
        String means = subject.plan().guard() && !both ? "guard" : "cgroup";
        boolean holds = subject.means().equals(means) && subject.processes().contains(subject.main());
        findings.add(
                holds ? Verdict.AGREES : Verdict.DIFFERS,
                "stop by",
                means,
                subject.means() + ", which sees " + subject.processes().size() + " processes",
                Origin.BUILT_IN);
        findings.note(
                "death of the keeper",
                subject.plan()
                        .deathSignal()
                        .map(signal -> signal + " to the main process, if it still wants it; a hint, no guarantee")
                        .orElse("the service lives on"));
        boundary(status);
    }

    /** Its parent is the guard, whose parent is the keeper. */
    private Truth init() {
        int parent = kernel.status(subject.main()).parent();
        Optional<Pid> init = NamespaceInit.of(subject, kernel);
        return init.isPresent()
                ? new Truth(parent(kernel.stat(init.get()).parent()).verdict(), "init, process " + parent)
                : new Truth(Verdict.DIFFERS, "process " + parent);
    }

    private Truth parent(int parent) {
        if (parent == subject.keeper().value()) {
            return Truth.compare(false, subject.plan().guard(), "keeper, process " + parent);
        }
        boolean guard =
                subject.guard().map(Pid::value).filter(pid -> pid == parent).isPresent();
        boolean ofKeeper = guard
                && kernel.stat(new Pid(parent)).parent() == subject.keeper().value();
        return new Truth(
                ofKeeper ? Verdict.AGREES : Verdict.DIFFERS, (guard ? "guard, process " : "process ") + parent);
    }

    private void boundary(ProcStatus status) {
        boolean sameUser = kernel.status(subject.supervisor()).uids().real()
                == status.uids().real();
        findings.compare("pid namespace", "", Origin.BUILT_IN, () -> {
            SandboxFacts facts = kernel.sandbox();
            boolean shared = facts.namespace(subject.main(), NamespaceType.PID)
                    .isSameFile(facts.namespace(subject.supervisor(), NamespaceType.PID));
            String text = shared ? "the supervisor's" : "its own";
            return new Truth(Verdict.NOTE, sameUser && shared ? text + ", and the same user: " + boundary() : text);
        });
    }

    private String boundary() {
        boolean signalsInside = subject.plan().ops().stream()
                .map(PlannedOp::op)
                .anyMatch(op -> op instanceof Op.Landlock landlock
                        && (landlock.ruleset().scopes() & LinuxConstants.LANDLOCK_SCOPE_SIGNAL) != 0);
        return signalsInside
                ? "only landlock keeps it from signalling the supervisor"
                : "no boundary, it may signal the supervisor";
    }
}

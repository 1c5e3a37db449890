package dev.ostler.audit;

import dev.ostler.base.Pid;
import dev.ostler.plan.SandboxOp;
import java.util.Optional;

/** The init that Ostler keeps in the pid namespace of a service: its parent, but no process of its own. */
final class NamespaceInit {
    private NamespaceInit() {}

    static boolean isAskedFor(Subject subject) {
        return subject.plan().ops().stream().anyMatch(planned -> planned.op() instanceof SandboxOp.Init);
    }

    /** The parent of the main process, when it is a child of the guard and was asked for. */
    static Optional<Pid> of(Subject subject, KernelFacts kernel) {
        if (!isAskedFor(subject)) {
            return Optional.empty();
        }
        Pid parent = new Pid(kernel.status(subject.main()).parent());
        return subject.guard()
                .filter(guard -> kernel.stat(parent).parent() == guard.value())
                .map(guard -> parent);
    }
}

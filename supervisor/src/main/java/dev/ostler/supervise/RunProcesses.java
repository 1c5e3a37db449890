package dev.ostler.supervise;

import dev.ostler.base.Pid;
import dev.ostler.linux.Descendants;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.ProcStatus;
import dev.ostler.plan.Plan;
import dev.ostler.plan.SandboxOp;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The processes of one run, and how the run itself counts them: in a pid namespace of its own by other numbers. */
final class RunProcesses {
    /** Position among the numbers of a process, outermost first. */
    private static final int INSIDE = 1;

    /** The number of no process: the guard refuses it. */
    private static final int GONE = -1;

    private final LiveRun run;
    private final boolean namespaced;

    RunProcesses(LiveRun run, Plan plan) {
        this.run = run;
        namespaced = plan.ops().stream().anyMatch(op -> op.op() instanceof SandboxOp.Init);
    }

    /** Whether it counts its processes by other numbers, which are those of its earlier runs again. */
    boolean isNamespaced() {
        return namespaced;
    }

    private List<Pid> all() {
        List<Pid> all = run.tree().map(RunTree::processes).orElse(List.of());
        return namespaced ? all.stream().filter(pid -> numberInside(pid) > 1).toList() : all;
    }

    /** Whom the run itself means by this number; empty when nobody. Whether it is one of the run is not asked outside of a namespace. */
    Optional<Pid> byNumber(int number) {
        return namespaced
                ? all().stream().filter(pid -> numberInside(pid) == number).findFirst()
                : Optional.of(new Pid(number));
    }

    /** The number of a process in the pid namespace of the run; 0 when that has none, -1 when the process has none there, or is gone. */
    int numberInside(Pid process) {
        if (!namespaced) {
            return 0;
        }
        try {
            List<Integer> numbers = ProcStatus.of(process).namespacePids();
            return numbers.size() > INSIDE ? numbers.get(INSIDE) : GONE;
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                return GONE;
            }
            throw e;
        }
    }

    /** The parent of a process, if that is one of the run too. */
    Optional<Pid> parentOf(Pid process) {
        return Descendants.parentOf(process).filter(parent -> all().contains(parent));
    }

    /** Those of which no other process of the run is the parent. */
    List<Pid> withoutParents() {
        Set<Pid> all = Set.copyOf(all());
        return all.stream()
                .filter(process -> Descendants.parentOf(process)
                        .filter(parent -> !all.contains(parent))
                        .isPresent())
                .toList();
    }
}

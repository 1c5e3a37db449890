package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.ProcStatus;
import java.util.List;

/**
 * Whether every thread of the main process runs under a filter of system calls: one more than the keeper, whose filters it
 * inherits. Which filter it is, the kernel tells nobody without CAP_SYS_ADMIN and ptrace(2). A program may add filters of
 * its own.
 */
final class SeccompAudit {
    private static final int FILTERED = 2;

    private final Findings findings;
    private final KernelFacts kernel;
    private final Subject subject;

    SeccompAudit(Findings findings, KernelFacts kernel, Subject subject) {
        this.findings = findings;
        this.kernel = kernel;
        this.subject = subject;
    }

    void audit(Origin origin) {
        int asked = Math.max(0, kernel.status(subject.keeper()).seccompFilters()) + 1;
        findings.compare("seccomp", text(asked), origin, () -> compare(asked, kernel.threads(subject.main())));
    }

    private static Truth compare(int asked, List<ProcStatus> threads) {
        List<ProcStatus> free =
                threads.stream().filter(thread -> thread.seccomp() != FILTERED).toList();
        if (!free.isEmpty()) {
            return new Truth(Verdict.DIFFERS, "none in " + free.size() + " of " + threads.size() + " threads");
        }
        int fewest = threads.stream().mapToInt(ProcStatus::seccompFilters).min().orElse(0);
        if (fewest < 0) {
            return new Truth(Verdict.AGREES, "filtered (this kernel does not count)");
        }
        String truth = text(fewest) + " in " + threads.size() + (threads.size() == 1 ? " thread" : " threads");
        if (fewest < asked) {
            return new Truth(Verdict.DIFFERS, truth);
        }
        return new Truth(fewest == asked ? Verdict.AGREES : Verdict.CHANGED, truth);
    }

    private static String text(int filters) {
        return filters + (filters == 1 ? " filter" : " filters");
    }
}

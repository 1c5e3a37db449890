package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.Errno;
import dev.ostler.linux.KernelException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** The findings of one audit, in order. One thread. */
final class Findings {
    private final List<Finding> findings = new ArrayList<>();

    void add(Verdict verdict, String item, String asked, String truth, Origin origin) {
        findings.add(new Finding(verdict, item, asked, truth, origin.toString()));
    }

    void note(String item, String truth) {
        findings.add(new Finding(Verdict.NOTE, item, "", truth, ""));
    }

    /** Asks the kernel; a refusal makes the item unknown, but ESRCH is thrown on: nothing runs there any more. */
    void compare(String item, String asked, Origin origin, Supplier<Truth> question) {
        compare(item, asked, origin, "CAP_SYS_PTRACE", question);
    }

    /** @param right what it takes to be told about a process of somebody else */
    void compare(String item, String asked, Origin origin, String right, Supplier<Truth> question) {
        try {
            Truth truth = question.get();
            add(truth.verdict(), item, asked, truth.text(), origin);
        } catch (KernelException e) {
            if (e.is(Errno.ESRCH)) {
                throw e;
            }
            add(Verdict.UNKNOWN, item, asked, unknown(e, right), origin);
        }
    }

    /** {@code unknown: needs CAP_SYS_PTRACE: …}. */
    static String unknown(KernelException e) {
        return unknown(e, "CAP_SYS_PTRACE");
    }

    private static String unknown(KernelException e, String right) {
        boolean refused = e.is(Errno.EACCES) || e.is(Errno.EPERM);
        return "unknown: " + (refused ? "needs " + right + ": " : "") + e.getMessage();
    }

    List<Finding> all() {
        return List.copyOf(findings);
    }
}

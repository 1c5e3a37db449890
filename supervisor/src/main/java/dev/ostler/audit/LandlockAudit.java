package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.Landlock;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.plan.LandlockRuleset;
import java.util.ArrayList;
import java.util.List;

/**
 * Landlock. No kernel tells whether another process is restricted, or how; a launch that went on after its LANDLOCK op is
 * all there is. What is known is which errors of Landlock itself (its errata) may still be in this kernel.
 */
final class LandlockAudit {
    private static final int ERRATUM_TCP = 1;
    private static final int ERRATUM_SIGNAL = 2;
    private static final int ERRATUM_DIRECTORIES = 3;

    private final Findings findings;
    private final KernelFacts kernel;

    LandlockAudit(Findings findings, KernelFacts kernel) {
        this.findings = findings;
        this.kernel = kernel;
    }

    void audit(LandlockRuleset asked, Origin origin) {
        findings.add(Verdict.UNKNOWN, "landlock", asked.summary(), "not readable from outside", origin);
        if (asked.tcp() != 0) {
            findings.note("landlock and UDP", "not restricted: of networks Landlock knows TCP alone, up to version 7");
        }
        Landlock.Support support = kernel.landlock();
        List<String> open = new ArrayList<>();
        if (asked.tcp() != 0 && !support.hasRepaired(ERRATUM_TCP)) {
            open.add("rules of TCP also hit other stream sockets, MPTCP for one");
        }
        if ((asked.scopes() & LinuxConstants.LANDLOCK_SCOPE_SIGNAL) != 0 && !support.hasRepaired(ERRATUM_SIGNAL)) {
            open.add("threads of one process may be kept from signalling each other");
        }
        if (asked.files() != 0 && !support.hasRepaired(ERRATUM_DIRECTORIES)) {
            open.add("a directory that is moved out of a bind mount may give files more rights");
        }
        if (!open.isEmpty()) {
            findings.note("landlock errata", "not known to be repaired here: " + String.join("; ", open));
        }
    }
}

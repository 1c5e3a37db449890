package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.Capabilities;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.plan.Op;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SecureBit;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * The five capability sets. What a plan sets before execve(2) is not what the program has after it, so the rules of
 * capabilities(7) are applied to it first, for a program file without capabilities of its own. A program may give up
 * what it has; more than was asked for is a difference.
 */
final class CapabilityAudit {
    private final Findings findings;
    private final List<CapabilitySets> threads;
    private final long existing;

    /**
     * @param threads of the main process
     * @param lastCapability the highest that exists
     */
    CapabilityAudit(Findings findings, List<CapabilitySets> threads, int lastCapability) {
        this.findings = findings;
        this.threads = List.copyOf(threads);
        this.existing = -1L >>> Long.SIZE - 1 - lastCapability;
    }

    void audit(Plan plan, long uid) {
        Optional<PlannedOp> bounding = last(plan, Op.Bounding.class);
        Optional<PlannedOp> sets = last(plan, Op.CapSet.class);
        Optional<PlannedOp> ambient = last(plan, Op.Ambient.class);
        long bound = bounding.map(planned -> ((Op.Bounding) planned.op()).capabilities())
                .orElse(threads.get(0).bounding());
        long kept = ambient.map(planned -> ((Op.Ambient) planned.op()).capabilities())
                .orElse(0L);
        sets.ifPresent(planned -> {
            long inheritable = ((Op.CapSet) planned.op()).inheritable();
            long gained = isRoot(plan, uid) ? inheritable | bound : kept;
            compare("capabilities effective", gained, CapabilitySets::effective, planned.origin());
            compare("capabilities permitted", gained, CapabilitySets::permitted, planned.origin());
            compare("capabilities inheritable", inheritable, CapabilitySets::inheritable, planned.origin());
        });
        bounding.ifPresent(
                planned -> compare("capabilities bounding", bound, CapabilitySets::bounding, planned.origin()));
        ambient.ifPresent(planned -> compare("capabilities ambient", kept, CapabilitySets::ambient, planned.origin()));
    }

    /** Whether execve(2) gives everything to user id 0. */
    private static boolean isRoot(Plan plan, long uid) {
        int bits = last(plan, Op.SecureBits.class)
                .map(planned -> ((Op.SecureBits) planned.op()).bits())
                .orElse(0);
        return uid == 0 && (bits & SecureBit.NOROOT.mask()) == 0;
    }

    /** An op may stand twice, as a step on the way and at the end. */
    private static Optional<PlannedOp> last(Plan plan, Class<? extends Op> type) {
        return plan.ops().stream()
                .filter(planned -> type.isInstance(planned.op()))
                .reduce((first, second) -> second);
    }

    /** Of threads that differ, the one that has more tells. */
    private void compare(String item, long asked, ToLongFunction<CapabilitySets> set, Origin origin) {
        long more = threads.stream()
                .mapToLong(set)
                .filter(real -> (real & ~asked) != 0)
                .findFirst()
                .orElse(asked);
        long real = more != asked
                ? more
                : threads.stream()
                        .mapToLong(set)
                        .filter(less -> less != asked)
                        .findFirst()
                        .orElse(asked);
        Verdict verdict = Verdict.AGREES;
        if (more != asked) {
            verdict = Verdict.DIFFERS;
        } else if (real != asked) {
            verdict = Verdict.CHANGED;
        }
        long count = threads.stream()
                .filter(thread -> set.applyAsLong(thread) != asked)
                .count();
        String some =
                count == 0 || count == threads.size() ? "" : " in " + count + " of " + threads.size() + " threads";
        findings.add(verdict, item, words(asked), words(real) + some, origin);
    }

    /** {@code none}, {@code KILL,NET_RAW}, {@code all}, {@code all but SYS_ADMIN}: whichever is shortest. */
    private String words(long mask) {
        long missing = existing & ~mask;
        if (mask == 0) {
            return "none";
        }
        if (missing == 0) {
            return "all";
        }
        return Long.bitCount(mask) <= Long.bitCount(missing)
                ? String.join(",", Capabilities.names(mask))
                : "all but " + String.join(",", Capabilities.names(missing));
    }
}

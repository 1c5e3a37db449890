package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.linux.SchedulingOf;
import dev.ostler.plan.ResourceOp;
import dev.ostler.spec.ResourceItem.IoClass;
import dev.ostler.spec.ResourceItem.Policy;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * How processor, disk and memory are shared. What can be changed from outside is a difference; what a program alone can
 * change (memory policy, timer slack, huge pages, parts of a core file) is its own.
 */
final class ResourceAudit {
    /** Where the class stands in an I/O priority (IOPRIO_CLASS_SHIFT). */
    private static final int CLASS_SHIFT = 13;

    private final Findings findings;
    private final KernelFacts kernel;
    private final Pid main;

    ResourceAudit(Findings findings, KernelFacts kernel, Pid main) {
        this.findings = findings;
        this.kernel = kernel;
        this.main = main;
    }

    void audit(ResourceOp op, Origin origin) {
        if (op instanceof ResourceOp.SchedPolicy asked) {
            compare("scheduling", op, origin, () -> scheduling(asked));
        } else if (op instanceof ResourceOp.IoPrio asked) {
            compare("io_priority", op, origin, () -> ioPriority(asked));
        } else if (op instanceof ResourceOp.Numa asked) {
            compare("numa", op, origin, () -> memoryPolicy(asked));
        } else if (op instanceof ResourceOp.TimerSlack asked) {
            findings.compare("timer_slack", op.text(), origin, "CAP_SYS_NICE", () -> {
                long truth = kernel.timerSlackNanos(main);
                return Truth.compareOwn(asked.nanos(), truth, truth + "ns");
            });
        } else if (op instanceof ResourceOp.Thp asked) {
            compare("transparent_hugepages", op, origin, () -> {
                boolean disabled = !kernel.mayUseHugePages(main);
                return Truth.compareOwn(asked.disabled(), disabled, new ResourceOp.Thp(disabled).text());
            });
        } else if (op instanceof ResourceOp.CoredumpFilter asked) {
            compare("coredump_filter", op, origin, () -> {
                int truth = kernel.coredumpFilter(main);
                return Truth.compareOwn(asked.mask(), truth, new ResourceOp.CoredumpFilter(truth).text());
            });
        } else if (op instanceof ResourceOp.CoreSched) {
            findings.compare("core_scheduling", "a cookie of its own", origin, this::coreScheduling);
        } else {
            findings.add(Verdict.UNKNOWN, item(op), asked(op), "not readable from outside", origin);
        }
    }

    private void compare(String item, ResourceOp op, Origin origin, Supplier<Truth> question) {
        findings.compare(item, op.text(), origin, question);
    }

    private static String item(ResourceOp op) {
        if (op instanceof ResourceOp.Mdwe) {
            return "memory_deny_write_execute";
        }
        return op instanceof ResourceOp.Keyring ? "keyring" : "tsc";
    }

    private static String asked(ResourceOp op) {
        if (op instanceof ResourceOp.Mdwe) {
            return "true";
        }
        return op instanceof ResourceOp.Keyring ? "private" : "deny";
    }

    private Truth scheduling(ResourceOp.SchedPolicy asked) {
        SchedulingOf truth = kernel.scheduling(main);
        // the kernel tells a slice as the runtime of the ordinary policies
        boolean times = truth.policy() == Policy.DEADLINE.number();
        String text = Arrays.stream(Policy.values())
                .filter(policy -> policy.number() == truth.policy())
                .findFirst()
                .map(policy -> new ResourceOp.SchedPolicy(
                                policy,
                                truth.priority(),
                                truth.resetOnFork(),
                                times ? truth.runtime() : 0,
                                times ? truth.deadline() : 0,
                                times ? truth.period() : 0)
                        .text())
                .orElse("policy " + truth.policy());
        return Truth.compare(asked.text(), text, text);
    }

    private Truth ioPriority(ResourceOp.IoPrio asked) {
        int truth = kernel.ioPriority(main);
        int number = truth >> CLASS_SHIFT;
        String text = number == 0
                ? "none"
                : Arrays.stream(IoClass.values())
                        .filter(ioClass -> ioClass.number() == number)
                        .findFirst()
                        .map(ioClass -> new ResourceOp.IoPrio(ioClass, truth & (1 << CLASS_SHIFT) - 1).text())
                        .orElse("class " + number);
        return Truth.compare(asked.text(), text, text);
    }

    /** As mpol_to_str of the kernel writes it: {@code bind:0-1}, {@code prefer:0}, {@code local}. */
    private Truth memoryPolicy(ResourceOp.Numa asked) {
        Set<String> truth = new TreeSet<>(kernel.memoryPolicies(main));
        String policy = asked.policy().name().toLowerCase(Locale.ROOT).replace("preferred", "prefer");
        List<String> words = List.of(asked.text().split(" "));
        String wanted = policy + (words.size() > 1 ? ":" + words.get(1) : "");
        return new Truth(truth.contains(wanted) ? Verdict.AGREES : Verdict.CHANGED, String.join(" ", truth));
    }

    private Truth coreScheduling() {
        boolean own = kernel.coreCookie(main) != 0;
        return Truth.compare(true, own, own ? "a cookie" : "no cookie");
    }
}

package dev.ostler.plan;

import dev.ostler.base.Origin;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.IoClass;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How processor, disk and memory are shared with others, and which keys the service sees. */
final class Resources {
    private final Draft draft;

    private Resources(Draft draft) {
        this.draft = draft;
    }

    private String name() {
        return "\"" + draft.service().name() + "\"";
    }

    static void compile(Draft draft, Identity identity) {
        Resources resources = new Resources(draft);
        List<ResourceItem> items = draft.service().limits().resources();
        boolean keyring = false;
        for (ResourceItem item : items) {
            resources.item(item);
            keyring |= item instanceof ResourceItem.Keyring;
        }
        if (!keyring) {
            resources.keyringOfAnotherUser(identity);
        }
    }

    private void item(ResourceItem item) {
        if (item instanceof ResourceItem.Scheduling scheduling) {
            Scheduling.compile(draft, scheduling);
        } else if (item instanceof ResourceItem.IoPriority asked) {
            ioPriority(asked);
        } else if (item instanceof ResourceItem.Numa asked) {
            numa(asked);
        } else if (item instanceof ResourceItem.TimerSlack asked) {
            timerSlack(asked);
        } else if (item instanceof ResourceItem.TransparentHugepages asked) {
            draft.op(LaunchOrder.THP, new ResourceOp.Thp(!asked.allowed()), asked.origin());
        } else if (item instanceof ResourceItem.MemoryDenyWriteExecute asked) {
            memoryDenyWriteExecute(asked);
        } else if (item instanceof ResourceItem.CoreScheduling) {
            where(KernelFeature.CORE_SCHEDULING, item, LaunchOrder.CORE_SCHED, new ResourceOp.CoreSched());
        } else if (item instanceof ResourceItem.CoredumpFilter asked) {
            Op op = new ResourceOp.CoredumpFilter(asked.mask());
            where(KernelFeature.COREDUMP_FILTER, item, LaunchOrder.COREDUMP_FILTER, op);
        } else if (item instanceof ResourceItem.Keyring asked && asked.own()) {
            where(KernelFeature.KEYRINGS, item, LaunchOrder.KEYRING, new ResourceOp.Keyring());
        } else if (item instanceof ResourceItem.DenyTsc) {
            where(KernelFeature.TSC, item, LaunchOrder.TSC, new ResourceOp.Tsc());
        }
    }

    /** The op where the kernel has the feature; else a problem, or a warning when the item allows it. */
    private void where(KernelFeature feature, ResourceItem item, LaunchOrder place, Op op) {
        Optional<String> obstacle = draft.facts().obstacle(feature);
        if (obstacle.isPresent()) {
            unsupported(draft, item, key(item) + " is not possible for " + name() + ": " + obstacle.get());
        } else {
            draft.op(place, op, item.origin());
        }
    }

    static void unsupported(Draft draft, ResourceItem item, String text) {
        if (item.ifUnsupported() == IfUnsupported.WARN) {
            draft.degraded(item.origin(), text);
        } else {
            draft.problem(item.origin(), text);
        }
    }

    /** {@code core_scheduling}. */
    private static String key(ResourceItem item) {
        String path = item.origin().key();
        return path.substring(path.lastIndexOf('.') + 1);
    }

    private void ioPriority(ResourceItem.IoPriority asked) {
        ResourceOp.IoPrio op = new ResourceOp.IoPrio(asked.ioClass(), asked.level());
        boolean may = draft.mayOnHost(PlanWords.CAP_SYS_NICE) || draft.mayOnHost(PlanWords.CAP_SYS_ADMIN);
        if (asked.ioClass() == IoClass.REALTIME && !may) {
            unsupported(
                    draft,
                    asked,
                    "cannot set io_priority of " + name() + " to " + op.text() + ": "
                            + draft.needsOnHost(PlanWords.CAP_SYS_NICE));
        } else {
            where(KernelFeature.IO_PRIORITY, asked, LaunchOrder.IOPRIO, op);
        }
    }

    private void numa(ResourceItem.Numa asked) {
        List<Integer> missing = PlanWords.without(asked.nodes(), draft.facts().onlineNodes());
        List<Integer> outside = PlanWords.without(asked.nodes(), draft.facts().allowedNodes());
        if (draft.facts().obstacle(KernelFeature.NUMA).isEmpty() && !outside.isEmpty()) {
            String nodes = missing.isEmpty()
                    ? named(outside) + " outside the cpuset of this supervisor ("
                            + PlanWords.cpus(draft.facts().allowedNodes()) + ")"
                    : named(missing) + " not on this machine, which has "
                            + PlanWords.cpus(draft.facts().onlineNodes());
            unsupported(draft, asked, nodes);
            return;
        }
        where(KernelFeature.NUMA, asked, LaunchOrder.NUMA, new ResourceOp.Numa(asked.policy(), asked.nodes()));
    }

    private static String named(List<Integer> nodes) {
        return (nodes.size() == 1 ? "NUMA node " : "NUMA nodes ")
                + PlanWords.cpus(nodes)
                + (nodes.size() == 1 ? " is" : " are");
    }

    private void timerSlack(ResourceItem.TimerSlack asked) {
        Optional<ResourceItem.Scheduling> exact = draft.service().limits().resources().stream()
                .filter(ResourceItem.Scheduling.class::isInstance)
                .map(ResourceItem.Scheduling.class::cast)
                .filter(scheduling ->
                        scheduling.policy().isRealTime() || scheduling.policy() == ResourceItem.Policy.DEADLINE)
                .findFirst();
        if (exact.isPresent()) {
            draft.problem(
                    asked.origin(),
                    "timer_slack has no effect with the scheduling policy "
                            + Scheduling.word(exact.get().policy()) + ", whose timers are exact");
        }
        draft.op(
                LaunchOrder.TIMER_SLACK, new ResourceOp.TimerSlack(asked.slack().toNanos()), asked.origin());
    }

    private void memoryDenyWriteExecute(ResourceItem.MemoryDenyWriteExecute asked) {
        String program = draft.service().process().command().value().get(0);
        Path file = Path.of("/" + program.replace("\0", "")).getFileName();
        if (!asked.force() && file != null && file.toString().equals("java")) {
            draft.problem(asked.origin(), asked.refusesJvm());
        }
        where(KernelFeature.MEMORY_DENY_WRITE_EXECUTE, asked, LaunchOrder.MDWE, new ResourceOp.Mdwe());
    }

    /**
     * Without a word in the configuration: keys of the session that started the supervisor are not for another user.
     * Where keyctl(2) cannot be called, by a filter or by the kernel, the service cannot call it either.
     */
    private void keyringOfAnotherUser(Identity identity) {
        if (identity.changesUser()
                && draft.facts().obstacle(KernelFeature.KEYRINGS).isEmpty()) {
            Origin origin = draft.byDefault("keyring");
            draft.op(LaunchOrder.KEYRING, new ResourceOp.Keyring(), origin);
        }
    }
}

package dev.ostler.audit;

import dev.ostler.base.Origin;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.linux.ProcStatus;
import dev.ostler.linux.Rlimits;
import dev.ostler.plan.Degraded;
import dev.ostler.plan.NetworkOp;
import dev.ostler.plan.Op;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.ResourceOp;
import dev.ostler.plan.SandboxOp;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Compares what a plan asked for with what the kernel says of the process that came of it, op by op.
 *
 * <p>Left out is what a program takes over the moment it starts: signal dispositions and mask (SIGNALS), and keep-caps,
 * which execve(2) clears. Asked for and not readable from outside, so {@link Verdict#UNKNOWN}: the death signal, the
 * securebits and Landlock. {@link Verdict#LEFT_OUT}: what the configuration let the compiler leave out.
 * {@link Verdict#CHANGED}, as any program may do it to itself: soft limits within the hard one, working directory, umask,
 * another executable, its own 0, 1 and 2, fewer capabilities, files of its own tree. All else that is not as asked is
 * {@link Verdict#DIFFERS}; CPU affinity, nice and oom_score_adj too, as they can be changed from outside. What the kernel
 * keeps for each thread must be true of all of them: ids, groups, capabilities, no_new_privs, CPU affinity, filters.
 */
public final class Audit {
    static final String NOT_KNOWN = "not looked at";

    private final Subject subject;
    private final KernelFacts kernel;
    private final Findings findings = new Findings();
    private final ProcStatus status;
    private final Map<Object, PlannedOp> last = new HashMap<>();
    private final ThreadAudit threads;
    private boolean capabilitiesDone;
    private boolean mountsDone;

    private Audit(Subject subject, KernelFacts kernel) {
        this.subject = subject;
        this.kernel = kernel;
        this.status = kernel.status(subject.main());
        this.threads = new ThreadAudit(findings, kernel, subject.main());
        subject.plan().ops().forEach(planned -> last.put(what(planned.op()), planned));
    }

    /** The findings in the order of the plan; a {@link dev.ostler.linux.KernelException} with ESRCH when it has ended. */
    public static List<Finding> of(Subject subject, KernelFacts kernel) {
        return new Audit(subject, kernel).run();
    }

    /** An op that comes later for the same thing overrides; every resource is a thing of its own. */
    private static Object what(Op op) {
        if (op instanceof Op.Rlimit limit) {
            return limit.resource();
        }
        return op instanceof SandboxOp || op instanceof NetworkOp ? op : op.kind();
    }

    private List<Finding> run() {
        for (PlannedOp planned : subject.plan().ops()) {
            if (last.get(what(planned.op())) == planned) {
                look(planned.op(), planned.origin());
            }
        }
        new CgroupAudit(findings, kernel, subject).limits();
        for (Degraded degraded : subject.degraded()) {
            findings.add(Verdict.LEFT_OUT, "left out", "", degraded.text(), degraded.origin());
        }
        new SupervisionAudit(findings, kernel, subject).audit(status);
        return findings.all();
    }

    private void look(Op op, Origin origin) {
        switch (op.kind()) {
            case FDS ->
                new DescriptorAudit(findings, kernel, subject)
                        .audit(subject.plan().descriptors(), origin);
            case SETSID -> session(origin);
            case OOM_SCORE_ADJ, RLIMIT, NICE, AFFINITY -> resource(op, origin);
            case BOUNDING, CAPSET, AMBIENT -> capabilities();
            case GROUPS, GID, UID -> ids(op, origin);
            case SECUREBITS, DEATH_SIGNAL ->
                findings.add(Verdict.UNKNOWN, item(op), op.text(), "not readable from outside", origin);
            case UMASK, CHDIR -> files(op, origin);
            case NO_NEW_PRIVS -> threads.noNewPrivs(origin);
            case EXECVE -> new ProgramAudit(findings, kernel, subject.main()).audit((Op.Execve) op, origin);
            case LANDLOCK -> new LandlockAudit(findings, kernel).audit(((Op.Landlock) op).ruleset(), origin);
            case SECCOMP -> new SeccompAudit(findings, kernel, subject).audit(origin);
            case SCHED_POLICY, IOPRIO, NUMA, TIMER_SLACK, THP, MDWE, CORE_SCHED, COREDUMP_FILTER, KEYRING, TSC ->
                new ResourceAudit(findings, kernel, subject.main()).audit((ResourceOp) op, origin);
            case CGROUP_JOIN -> new CgroupAudit(findings, kernel, subject).joined();
            case SIGNALS,
                    KEEPCAPS,
                    TERMINAL,
                    NOTIFY_SOCKET,
                    OWN_PID -> {} // the program's own from execve(2) on, or of no service
            default -> sandbox(op, origin);
        }
    }

    private void sandbox(Op op, Origin origin) {
        if (MountAudit.isConcernedWith(op)) {
            if (!mountsDone) {
                mountsDone = true;
                new MountAudit(findings, kernel, subject).audit();
            }
        } else if (!new NamespaceAudit(findings, kernel, subject).audit(op, origin)) {
            findings.add(Verdict.UNKNOWN, op.kind().name(), op.text(), NOT_KNOWN, origin);
        }
    }

    private static String item(Op op) {
        return op instanceof Op.DeathSignal ? "death signal" : "securebits";
    }

    private void session(Origin origin) {
        findings.compare("session", "its own", origin, () -> {
            int session = kernel.stat(subject.main()).session();
            boolean own = session == subject.main().value();
            return Truth.compare(true, own, own ? "its own" : "of process " + session);
        });
    }

    private void capabilities() {
        if (!capabilitiesDone) {
            capabilitiesDone = true;
            List<CapabilitySets> sets = kernel.threads(subject.main()).stream()
                    .map(ProcStatus::capabilities)
                    .toList();
            new CapabilityAudit(findings, sets, kernel.lastCapability()).audit(subject.plan(), uidInside());
        }
    }

    /** Whose rules of execve(2) hold: in a user namespace of its own the id inside. */
    private long uidInside() {
        Optional<SandboxOp.Namespaces> user = IdMap.op(subject.plan());
        if (user.isEmpty()) {
            return subject.uid();
        }
        long asked = user.get().uid();
        return asked != SandboxOp.NO_ID ? asked : IdMap.of(user.get().uidMap()).inside(subject.uid());
    }

    private void ids(Op op, Origin origin) {
        Optional<SandboxOp.Namespaces> user = IdMap.op(subject.plan());
        IdMap uids = IdMap.of(user.map(SandboxOp.Namespaces::uidMap).orElse(""));
        IdMap gids = IdMap.of(user.map(SandboxOp.Namespaces::gidMap).orElse(""));
        if (op instanceof Op.Uid uid) {
            threads.uid(uid.uid(), uids.outside(uid.uid()), origin);
        } else if (op instanceof Op.Gid gid) {
            threads.gid(gid.gid(), gids.outside(gid.gid()), origin);
        } else if (op instanceof Op.Groups groups) {
            threads.groups(groups, gids, origin);
        }
    }

    private void resource(Op op, Origin origin) {
        if (op instanceof Op.OomScoreAdj asked) {
            findings.compare("oom_score_adj", op.text(), origin, () -> {
                int truth = kernel.oomScoreAdj(subject.main());
                return Truth.compare(asked.value(), truth, Integer.toString(truth));
            });
        } else if (op instanceof Op.Nice asked) {
            findings.compare("nice", op.text(), origin, () -> {
                int truth = kernel.stat(subject.main()).nice();
                return Truth.compare(asked.value(), truth, Integer.toString(truth));
            });
        } else if (op instanceof Op.Affinity asked) {
            threads.affinity(asked, origin);
        } else if (op instanceof Op.Rlimit asked) {
            limit(asked, origin);
        }
    }

    private void limit(Op.Rlimit asked, Origin origin) {
        Rlimits.Limit wanted = new Rlimits.Limit(asked.soft(), asked.hard());
        String item = "limit " + asked.resource().name().toLowerCase(Locale.ROOT);
        findings.compare(item, wanted.toString(), origin, () -> {
            Rlimits.Limit truth = kernel.limit(subject.main(), asked.resource().number());
            return wanted.hard() == truth.hard()
                    ? Truth.compareOwn(wanted, truth, truth.toString())
                    : new Truth(Verdict.DIFFERS, truth.toString());
        });
    }

    private void files(Op op, Origin origin) {
        if (op instanceof Op.Umask asked) {
            String truth = status.umask() < 0 ? "none" : String.format("%04o", status.umask());
            findings.compare("umask", op.text(), origin, () -> Truth.compareOwn(asked.mask(), status.umask(), truth));
        } else if (op instanceof Op.Chdir asked) {
            findings.compare("working directory", asked.path(), origin, () -> {
                Path truth = kernel.workingDirectory(subject.main());
                return Truth.compareOwn(kernel.canonical(Path.of(asked.path())), truth, truth.toString());
            });
        }
    }
}

package dev.ostler.plan;

import java.util.EnumSet;
import java.util.Set;

/**
 * The order in which a launch applies things. It is a safety property and decided here alone: the compiler names a
 * place for each op, and the ops run in the order of this table. A test asserts it.
 */
public enum LaunchOrder {
    NAMESPACES(0, OpKind.NAMESPACES, "they are how the process comes to be"),
    HOST_NETWORK(0, OpKind.HOST_NETWORK, "by the parent, with its rights, while the process waits in its namespaces"),
    CGROUP_JOIN(1, OpKind.CGROUP_JOIN, "nothing may run outside of its limits; before FDS moves descriptors"),
    JOIN_PROCESS(1, OpKind.JOIN_PROCESS, "the process is a passed descriptor, which FDS moves"),
    FDS(1, OpKind.FDS, "before anything else can leak a descriptor"),
    SIGNALS(2, OpKind.SIGNALS, "ignored signals survive execve; blocked until then"),
    SETSID(4, OpKind.SETSID, "out of the caller's session, away from its terminal"),
    TERMINAL_OF_HOST(4, OpKind.TERMINAL, "while the host's /dev is there; its session must be new"),
    OOM_SCORE_ADJ(5, OpKind.OOM_SCORE_ADJ, "needs the host's /proc and the rights of the launcher"),
    COREDUMP_FILTER(5, OpKind.COREDUMP_FILTER, "needs the host's /proc and the rights of the launcher"),
    TIMER_SLACK(5, OpKind.TIMER_SLACK, "before a policy that knows none"),
    RAISED_RLIMIT(7, OpKind.RLIMIT, "raising a hard limit needs CAP_SYS_RESOURCE, which the id change takes"),
    SCHED_POLICY(8, OpKind.SCHED_POLICY, "before nice, which the call sets too; may need CAP_SYS_NICE"),
    NICE(8, OpKind.NICE, "lowering needs CAP_SYS_NICE, which the id change takes"),
    AFFINITY(8, OpKind.AFFINITY, "after the scheduler settings, before the id change"),
    NUMA(8, OpKind.NUMA, "before the program has any memory"),
    IOPRIO(8, OpKind.IOPRIO, "the class realtime needs CAP_SYS_NICE, which the id change takes"),
    CORE_SCHED(8, OpKind.CORE_SCHED, "inherited by all that is forked and executed later"),
    JOIN(9, OpKind.JOIN, "rights are judged in the namespaces of this moment"),
    TIME_OFFSETS(13, OpKind.TIME_OFFSETS, "entered with the next fork or execve; the kernel takes offsets only before"),
    CGROUP_NAMESPACE(13, OpKind.CGROUP_NAMESPACE, "its root is the cgroup of this moment, which has been joined"),
    LOOPBACK(15, OpKind.LOOPBACK, "needs CAP_NET_ADMIN in the namespace"),
    NETWORK(15, OpKind.NETWORK, "needs CAP_NET_ADMIN in the namespace"),
    HOSTNAME(15, OpKind.HOSTNAME, "needs CAP_SYS_ADMIN in the namespace"),
    SYSCTL(15, OpKind.SYSCTL, "by the host's /proc, before an image can put anything in its place"),
    ROOT(16, OpKind.ROOT, "all mounts need CAP_SYS_ADMIN, and Landlock forbids them later"),
    MOUNTS(
            17,
            EnumSet.of(
                    OpKind.BIND,
                    OpKind.FILESYSTEM,
                    OpKind.MKDIR,
                    OpKind.FILE,
                    OpKind.SYMLINK,
                    OpKind.MASK,
                    OpKind.READ_ONLY),
            "in the order of the service's list; a later one hides an earlier one"),
    MASKS(18, EnumSet.of(OpKind.MASK, OpKind.READ_ONLY), "after all mounts, so that none of them shows through"),
    PIVOT(19, OpKind.PIVOT, "from here on nothing of the host can be reached"),
    VERIFY_MOUNTS(19, OpKind.VERIFY_MOUNTS, "what the kernel says of the tree, before any program sees it"),
    TERMINAL(19, OpKind.TERMINAL, "of the sandbox, by its own file system; its init leads the session"),
    INIT(20, OpKind.INIT, "it sees the final tree and keeps no right; the program is its child"),
    SESSION(20, OpKind.SETSID, "the init keeps the session it has made, unless that has a terminal"),
    SCHED_POLICY_INSIDE(20, OpKind.SCHED_POLICY, "it would end with the fork of the init, or forbid it"),
    BOUNDING(24, OpKind.BOUNDING, "needs CAP_SETPCAP, which the id change takes"),
    KEEPCAPS_ON(25, OpKind.KEEPCAPS, "the id change would empty the permitted set"),
    GROUPS(26, OpKind.GROUPS, "needs CAP_SETGID, so before the user id"),
    GID(26, OpKind.GID, "needs CAP_SETGID, so before the user id"),
    UID(26, OpKind.UID, "takes the capabilities that all above needed"),
    CAPSET(27, OpKind.CAPSET, "the id change emptied the effective set; ambient needs inheritable"),
    AMBIENT(27, OpKind.AMBIENT, "the id change would have emptied it; needs permitted and inheritable"),
    KEEPCAPS_OFF(27, OpKind.KEEPCAPS, "no longer needed once the sets are right"),
    SECUREBITS(27, OpKind.SECUREBITS, "may forbid raising ambient, so after it; needs CAP_SETPCAP"),
    CAPSET_FINAL(27, OpKind.CAPSET, "gives up the CAP_SETPCAP that securebits needed"),
    KEYRING(28, OpKind.KEYRING, "belongs to the user of this moment"),
    DEATH_SIGNAL(28, OpKind.DEATH_SIGNAL, "the id change clears it"),
    CHDIR(29, OpKind.CHDIR, "as the user of the service, who must be allowed to enter"),
    UMASK(29, OpKind.UMASK, "last of what concerns files"),
    RLIMIT(29, OpKind.RLIMIT, "a low limit would break the launcher itself"),
    NO_NEW_PRIVS(30, OpKind.NO_NEW_PRIVS, "before any program of the service can run"),
    LANDLOCK(31, OpKind.LANDLOCK, "needs no_new_privs; nothing can be mounted after it, and few files opened"),
    NOTIFY_SOCKET(31, OpKind.NOTIFY_SOCKET, "in the namespaces and the Landlock domain from which it must be reached"),
    THP(32, OpKind.THP, "on the launch's own memory"),
    MDWE(32, OpKind.MDWE, "on the launch's own memory, and nothing of the launcher breaks of it"),
    TSC(32, OpKind.TSC, "nothing after it reads the counter"),
    OWN_PID(32, OpKind.OWN_PID, "after INIT, whose child is another process"),
    TERMINAL_INPUT(33, OpKind.SECCOMP, "before the service's own filter, which may forbid to load another"),
    SECCOMP(33, OpKind.SECCOMP, "no op before it needs to pass the filter; needs no_new_privs or CAP_SYS_ADMIN"),
    CAPSET_AFTER_SECCOMP(34, OpKind.CAPSET, "gives up the CAP_SYS_ADMIN that loading the filter needed"),
    EXECVE(35, OpKind.EXECVE, "nothing comes after it");

    private final int step;
    private final Set<OpKind> kinds;
    private final String reason;

    LaunchOrder(int step, OpKind kind, String reason) {
        this(step, EnumSet.of(kind), reason);
    }

    LaunchOrder(int step, Set<OpKind> kinds, String reason) {
        this.step = step;
        this.kinds = Set.copyOf(kinds);
        this.reason = reason;
    }

    /** Number of the step; several places may share one. */
    public int step() {
        return step;
    }

    /** The ops that belong here. */
    public Set<OpKind> kinds() {
        return kinds;
    }

    /** Why it stands here. */
    public String reason() {
        return reason;
    }
}

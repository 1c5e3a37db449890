package dev.ostler.plan;

/**
 * The order in which a launch applies things. It is a safety property and decided here alone: the compiler names a
 * place for each op, and the ops run in the order of this table. A test asserts it.
 */
public enum LaunchOrder {
    FDS(1, OpKind.FDS, "before anything else can leak a descriptor"),
    SIGNALS(2, OpKind.SIGNALS, "ignored signals survive execve; blocked until then"),
    SETSID(4, OpKind.SETSID, "out of the caller's session, away from its terminal"),
    OOM_SCORE_ADJ(5, OpKind.OOM_SCORE_ADJ, "needs the host's /proc and the rights of the launcher"),
    RAISED_RLIMIT(7, OpKind.RLIMIT, "raising a hard limit needs CAP_SYS_RESOURCE, which the id change takes"),
    NICE(8, OpKind.NICE, "lowering needs CAP_SYS_NICE, which the id change takes"),
    AFFINITY(8, OpKind.AFFINITY, "after the scheduler settings, before the id change"),
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
    DEATH_SIGNAL(28, OpKind.DEATH_SIGNAL, "the id change clears it"),
    CHDIR(29, OpKind.CHDIR, "as the user of the service, who must be allowed to enter"),
    UMASK(29, OpKind.UMASK, "last of what concerns files"),
    RLIMIT(29, OpKind.RLIMIT, "a low limit would break the launcher itself"),
    NO_NEW_PRIVS(30, OpKind.NO_NEW_PRIVS, "before any program of the service can run"),
    EXECVE(35, OpKind.EXECVE, "nothing comes after it");

    private final int step;
    private final OpKind kind;
    private final String reason;

    LaunchOrder(int step, OpKind kind, String reason) {
        this.step = step;
        this.kind = kind;
        this.reason = reason;
    }

    /** Number of the step; several places may share one. */
    public int step() {
        return step;
    }

    /** The op that belongs here. */
    public OpKind kind() {
        return kind;
    }

    /** Why it stands here. */
    public String reason() {
        return reason;
    }
}

package dev.ostler.plan;

import java.util.Arrays;
import java.util.Optional;

/** The op table; the native launcher has the same one in {@code src/ops.def}, and a test compares the two. */
public enum OpKind {
    FDS(1, "w"),
    SIGNALS(2, ""),
    SETSID(3, ""),
    OOM_SCORE_ADJ(4, "i"),
    RLIMIT(5, "uuu"),
    NICE(6, "i"),
    AFFINITY(7, "w"),
    BOUNDING(8, "u"),
    KEEPCAPS(9, "u"),
    GROUPS(10, "w"),
    GID(11, "u"),
    UID(12, "u"),
    CAPSET(13, "uuu"),
    AMBIENT(14, "u"),
    SECUREBITS(15, "u"),
    DEATH_SIGNAL(16, "u"),
    UMASK(17, "u"),
    CHDIR(18, "s"),
    NO_NEW_PRIVS(19, ""),
    EXECVE(20, "lll"),
    NAMESPACES(21, "uuuussll"),
    JOIN(22, "su"),
    TIME_OFFSETS(23, "ii"),
    CGROUP_NAMESPACE(24, ""),
    ROOT(25, "uslu"),
    BIND(26, "ssuss"),
    FILESYSTEM(27, "sslu"),
    MKDIR(28, "su"),
    FILE(29, "sus"),
    SYMLINK(30, "ss"),
    MASK(31, "s"),
    READ_ONLY(32, "su"),
    PIVOT(33, ""),
    VERIFY_MOUNTS(34, ""),
    HOSTNAME(35, "ss"),
    SYSCTL(36, "ss"),
    LOOPBACK(37, ""),
    INIT(38, ""),
    HOST_NETWORK(39, "usssu"),
    LANDLOCK(40, "uuulwwl"),
    SECCOMP(41, "uw"),
    SCHED_POLICY(42, "uuuuuu"),
    IOPRIO(43, "uu"),
    NUMA(44, "uw"),
    TIMER_SLACK(45, "u"),
    THP(46, "u"),
    MDWE(47, ""),
    CORE_SCHED(48, ""),
    COREDUMP_FILTER(49, "u"),
    KEYRING(50, ""),
    TSC(51, ""),
    TERMINAL(52, "suu"),
    CGROUP_JOIN(54, "w"),
    NETWORK(55, "usssu"),
    NOTIFY_SOCKET(56, "u"),
    OWN_PID(57, "l"),
    JOIN_PROCESS(60, "uus");

    private final int code;
    private final String signature;

    OpKind(int code, String signature) {
        this.code = code;
        this.signature = signature;
    }

    public int code() {
        return code;
    }

    /** One letter per argument: u = u64, i = i64, s = string, l = list of strings, w = list of u64. */
    public String signature() {
        return signature;
    }

    public static Optional<OpKind> ofCode(int code) {
        return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }
}

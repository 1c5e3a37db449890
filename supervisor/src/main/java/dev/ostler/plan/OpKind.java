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
    EXECVE(20, "lll");

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

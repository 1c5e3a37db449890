package dev.ostler.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Kinds of namespaces(7), with the bit that clone(2) and setns(2) know them by. */
public enum NamespaceType {
    USER(0x10000000L),
    MOUNT(0x00020000L),
    PID(0x20000000L),
    NET(0x40000000L),
    IPC(0x08000000L),
    UTS(0x04000000L),
    CGROUP(0x02000000L),
    TIME(0x00000080L);

    private final long flag;

    NamespaceType(long flag) {
        this.flag = flag;
    }

    /** CLONE_NEW*, of linux/sched.h. */
    public long flag() {
        return flag;
    }

    /** As the YAML names it. */
    public String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static List<String> keys() {
        return Arrays.stream(values()).map(NamespaceType::key).toList();
    }

    public static NamespaceType ofKey(String key) {
        return valueOf(key.toUpperCase(Locale.ROOT));
    }

    @Override
    public String toString() {
        return key();
    }
}

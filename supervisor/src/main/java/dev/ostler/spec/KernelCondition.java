package dev.ostler.spec;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** What of the kernel a service may need, under the names that {@code doctor} has for it. */
public enum KernelCondition {
    USER_NAMESPACES("user namespaces"),
    LANDLOCK,
    SECCOMP,
    LIBSECCOMP,
    CGROUP_MEMORY("cgroup memory"),
    CGROUP_PIDS("cgroup pids"),
    CGROUP_CPU("cgroup cpu"),
    CGROUP_CPUSET("cgroup cpuset"),
    CGROUP_HUGETLB("cgroup hugetlb"),
    IO_PRIORITY,
    NUMA,
    MEMORY_DENY_WRITE_EXECUTE,
    CORE_SCHEDULING,
    COREDUMP_FILTER,
    KEYRINGS,
    TSC;

    private final String text;

    KernelCondition() {
        text = name().toLowerCase(Locale.ROOT);
    }

    KernelCondition(String text) {
        this.text = text;
    }

    public static List<String> names() {
        return Arrays.stream(values()).map(KernelCondition::toString).toList();
    }

    /** The one of that name. @throws IllegalArgumentException when there is none */
    public static KernelCondition of(String name) {
        return Arrays.stream(values())
                .filter(each -> each.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("kernel condition \"" + name + "\""));
    }

    @Override
    public String toString() {
        return text;
    }
}

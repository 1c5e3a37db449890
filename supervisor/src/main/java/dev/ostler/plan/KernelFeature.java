package dev.ostler.plan;

/** What a kernel, or a filter around the supervisor, may lack. */
public enum KernelFeature {
    /** ioprio_set(2). */
    IO_PRIORITY,
    /** set_mempolicy(2). */
    NUMA,
    /** PR_SET_MDWE(2const). */
    MEMORY_DENY_WRITE_EXECUTE,
    /** PR_SCHED_CORE(2const). */
    CORE_SCHEDULING,
    /** proc_pid_coredump_filter(5). */
    COREDUMP_FILTER,
    /** keyctl(2). */
    KEYRINGS,
    /** PR_SET_TSC(2const). */
    TSC
}

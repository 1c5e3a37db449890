package dev.ostler.spec;

import dev.ostler.base.Origin;

/** One resource limit in the kernel's units (setrlimit(2)); {@link #INFINITY} = no limit. */
public record UlimitSpec(Resource resource, long soft, long hard, Origin origin) {
    /** RLIM_INFINITY, all bits set. */
    public static final long INFINITY = -1L;

    /** RLIMIT_* of asm-generic/resource.h; the ordinal is the kernel's number. YAML key = lower-case name. */
    public enum Resource {
        CPU,
        FSIZE,
        DATA,
        STACK,
        CORE,
        RSS,
        NPROC,
        NOFILE,
        MEMLOCK,
        AS,
        LOCKS,
        SIGPENDING,
        MSGQUEUE,
        NICE,
        RTPRIO,
        RTTIME;

        public int number() {
            return ordinal();
        }
    }
}

package dev.ostler.base;

/** The processor architectures that Ostler runs on, where system calls have numbers of their own. */
public enum Machine {
    X86_64(0xc000003eL, 0x40000003L, 0x40000000L),
    AARCH64(0xc00000b7L, 0x40000028L, 0);

    private final long audit;
    private final long audit32;
    private final long foreignBit;

    Machine(long audit, long audit32, long foreignBit) {
        this.audit = audit;
        this.audit32 = audit32;
        this.foreignBit = foreignBit;
    }

    /** AUDIT_ARCH_* of linux/audit.h, unsigned 32 bits: what a seccomp filter is told. */
    public long audit() {
        return audit;
    }

    /** As {@link #audit}, of the 32-bit architecture whose programs it may run too. */
    public long audit32() {
        return audit32;
    }

    /** The bit that a number of another ABI of the same architecture has (x32); 0 when there is no such ABI. */
    public long foreignBit() {
        return foreignBit;
    }

    /** The one this JVM runs on. */
    public static Machine current() {
        String name = System.getProperty("os.arch");
        return switch (name) {
            case "amd64", "x86_64" -> X86_64;
            case "aarch64" -> AARCH64;
            default -> throw new IllegalStateException("no tables for the architecture \"" + name + "\"");
        };
    }
}

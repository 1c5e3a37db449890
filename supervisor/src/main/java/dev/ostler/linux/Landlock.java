package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.LANDLOCK_CREATE_RULESET_ERRATA;
import static dev.ostler.linux.LinuxConstants.LANDLOCK_CREATE_RULESET_VERSION;

import java.util.Optional;

/** What the running kernel's Landlock can do, landlock_create_ruleset(2). Any platform thread. */
public final class Landlock {
    /** The same on every architecture that the kernel gained it on; glibc does not wrap it. */
    static final int CREATE_RULESET = 444;

    private Landlock() {}

    /**
     * Version and repairs of Landlock.
     *
     * @param abi 0 where there is none
     * @param errata repaired errata, bit N - 1 for erratum N; 0 also where the kernel cannot tell (before Linux 6.15)
     * @param refusal why there is none: ENOSYS, not built in; EOPNOTSUPP, off since boot
     */
    public record Support(int abi, long errata, Optional<Errno> refusal) {
        /** Of a kernel that has it. */
        public static Support of(int abi, long errata) {
            return new Support(abi, errata, Optional.empty());
        }

        public static Support none(Errno refusal) {
            return new Support(0, 0, Optional.of(refusal));
        }

        public boolean hasRepaired(int erratum) {
            return (errata >> (erratum - 1) & 1) != 0;
        }
    }

    public static Support support() {
        long abi = ask(LANDLOCK_CREATE_RULESET_VERSION);
        if (abi == -1) {
            return Support.none(Native.lastError());
        }
        long errata = ask(LANDLOCK_CREATE_RULESET_ERRATA);
        return Support.of((int) abi, errata == -1 ? 0 : errata);
    }

    private static long ask(int flag) {
        return Native.C.syscall(CREATE_RULESET, 0, 0, flag, 0, 0, 0);
    }
}

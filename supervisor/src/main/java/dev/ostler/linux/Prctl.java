package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.PR_CAPBSET_READ;
import static dev.ostler.linux.LinuxConstants.PR_GET_CHILD_SUBREAPER;
import static dev.ostler.linux.LinuxConstants.PR_GET_KEEPCAPS;
import static dev.ostler.linux.LinuxConstants.PR_GET_NO_NEW_PRIVS;
import static dev.ostler.linux.LinuxConstants.PR_GET_PDEATHSIG;
import static dev.ostler.linux.LinuxConstants.PR_GET_SECUREBITS;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import dev.ostler.base.Signal;
import java.util.Optional;

/** What prctl(2) tells about the calling thread (death signal, keep-caps, no_new_privs) or process. Any platform thread. */
public final class Prctl {
    private Prctl() {}

    /** The signal the kernel sends when the parent ends. */
    public static Optional<Signal> deathSignal() {
        NativeBuffer out = NativeBuffer.allocate(4);
        check(C.prctl(PR_GET_PDEATHSIG, out.address(), 0, 0, 0), "prctl(PR_GET_PDEATHSIG)", "");
        int number = out.bytes().getInt(0);
        return number == 0 ? Optional.empty() : Optional.of(new Signal(number));
    }

    public static boolean noNewPrivs() {
        return check(C.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), "prctl(PR_GET_NO_NEW_PRIVS)", "") == 1;
    }

    public static boolean keepCaps() {
        return check(C.prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0), "prctl(PR_GET_KEEPCAPS)", "") == 1;
    }

    public static boolean childSubreaper() {
        NativeBuffer out = NativeBuffer.allocate(4);
        check(C.prctl(PR_GET_CHILD_SUBREAPER, out.address(), 0, 0, 0), "prctl(PR_GET_CHILD_SUBREAPER)", "");
        return out.bytes().getInt(0) != 0;
    }

    /** SECBIT_* bits. */
    public static int secureBits() {
        return check(C.prctl(PR_GET_SECUREBITS, 0, 0, 0, 0), "prctl(PR_GET_SECUREBITS)", "");
    }

    /** Whether the bounding set holds it; EINVAL for a number this kernel does not know. */
    public static boolean boundingSetHas(int capability) {
        String object = Capabilities.name(capability);
        return check(C.prctl(PR_CAPBSET_READ, capability, 0, 0, 0), "prctl(PR_CAPBSET_READ)", object) == 1;
    }
}

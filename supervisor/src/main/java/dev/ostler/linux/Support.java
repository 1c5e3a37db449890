package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.IOPRIO_WHO_PROCESS;
import static dev.ostler.linux.LinuxConstants.KEYCTL_CAPABILITIES;
import static dev.ostler.linux.LinuxConstants.PR_GET_MDWE;
import static dev.ostler.linux.LinuxConstants.PR_GET_TSC;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE_GET;
import static dev.ostler.linux.Native.C;

import java.util.Optional;

/**
 * Whether calls can be made here, asked by the calls that only read. The answer is the errno of the refusal: ENOSYS and
 * EINVAL where the kernel is built without, often EPERM where a filter stands in front of it. Any platform thread.
 */
public final class Support {
    private Support() {}

    public static Optional<Errno> ioPriority() {
        return refusal(C.syscall(Arch.current().ioprioGet, IOPRIO_WHO_PROCESS, 0, 0, 0, 0, 0));
    }

    public static Optional<Errno> memoryPolicy() {
        return refusal(C.syscall(Arch.current().getMempolicy, 0, 0, 0, 0, 0, 0));
    }

    public static Optional<Errno> memoryDenyWriteExecute() {
        return refusal(C.prctl(PR_GET_MDWE, 0, 0, 0, 0));
    }

    /** ENODEV where cores have one thread each. */
    public static Optional<Errno> coreScheduling() {
        NativeBuffer cookie = NativeBuffer.allocate(Long.BYTES);
        return refusal(C.prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, 0, cookie.address()));
    }

    public static Optional<Errno> tscFault() {
        NativeBuffer mode = NativeBuffer.allocate(Integer.BYTES);
        return refusal(C.prctl(PR_GET_TSC, mode.address(), 0, 0, 0));
    }

    public static Optional<Errno> keyrings() {
        long result = C.syscall(Arch.current().keyctl, KEYCTL_CAPABILITIES, 0, 0, 0, 0, 0);
        // before 5.5 there is no such command, but there is the call
        return refusal(result).filter(errno -> !errno.equals(Errno.EOPNOTSUPP));
    }

    private static Optional<Errno> refusal(long result) {
        return result == -1 ? Optional.of(Native.lastError()) : Optional.empty();
    }
}

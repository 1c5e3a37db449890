package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.IOPRIO_WHO_PROCESS;
import static dev.ostler.linux.LinuxConstants.KEYCTL_CAPABILITIES;
import static dev.ostler.linux.LinuxConstants.PR_GET_MDWE;
import static dev.ostler.linux.LinuxConstants.PR_GET_TSC;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE_GET;
import static dev.ostler.linux.LinuxConstants._CS_GNU_LIBPTHREAD_VERSION;
import static dev.ostler.linux.Native.C;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Whether calls can be made here, asked by the calls that only read. The answer is the errno of the refusal: ENOSYS and
 * EINVAL where the kernel is built without, often EPERM where a filter stands in front of it. Any platform thread.
 */
public final class Support {
    /** Of x86_64, the only architecture that has it. */
    private static final int ARCH_PRCTL = 158;

    private static final int ARCH_SET_CPUID = 0x1012;

    /** The same on every architecture. */
    private static final int IO_URING_SETUP = 425;

    private static final int VERSION_BYTES = 64;

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
        Optional<Errno> refusal = refusal(C.prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 0, 0, cookie.address()));
        cookie.keep();
        return refusal;
    }

    public static Optional<Errno> tscFault() {
        NativeBuffer mode = NativeBuffer.allocate(Integer.BYTES);
        Optional<Errno> refusal = refusal(C.prctl(PR_GET_TSC, mode.address(), 0, 0, 0));
        mode.keep();
        return refusal;
    }

    public static Optional<Errno> keyrings() {
        long result = C.syscall(Arch.current().keyctl, KEYCTL_CAPABILITIES, 0, 0, 0, 0, 0);
        // before 5.5 there is no such command, but there is the call
        return refusal(result).filter(errno -> !errno.equals(Errno.EOPNOTSUPP));
    }

    /** ENODEV where the processor has no such thing, ENOSYS on other architectures; allowing changes nothing. */
    public static Optional<Errno> cpuidFault() {
        return Arch.current() == Arch.X86_64
                ? refusal(C.syscall(ARCH_PRCTL, ARCH_SET_CPUID, 1, 0, 0, 0, 0))
                : Optional.of(Errno.ENOSYS);
    }

    /** EINVAL says that the call is there: it was given no request. */
    public static Optional<Errno> statmount() {
        return refusal(C.syscall(Statmount.STATMOUNT, 0, 0, 0, 0, 0, 0)).filter(Support::isRefusal);
    }

    /** EPERM where it is switched off. */
    public static Optional<Errno> ioUring() {
        return refusal(C.syscall(IO_URING_SETUP, 0, 0, 0, 0, 0, 0)).filter(Support::isRefusal);
    }

    /** Not for what the arguments were. */
    private static boolean isRefusal(Errno errno) {
        return errno.equals(Errno.ENOSYS) || errno.equals(Errno.EPERM);
    }

    /** {@code NPTL 2.36}, confstr(3); empty where the C library is none of GNU's. */
    public static Optional<String> threads() {
        NativeBuffer text = NativeBuffer.allocate(VERSION_BYTES);
        long length = C.confstr(_CS_GNU_LIBPTHREAD_VERSION, text.pointer(), VERSION_BYTES);
        if (length <= 0 || length > VERSION_BYTES) {
            return Optional.empty();
        }
        byte[] bytes = new byte[(int) length - 1];
        text.bytes().get(0, bytes);
        return Optional.of(new String(bytes, StandardCharsets.US_ASCII));
    }

    private static Optional<Errno> refusal(long result) {
        return result == -1 ? Optional.of(Native.lastError()) : Optional.empty();
    }
}

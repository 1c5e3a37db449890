package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.IOPRIO_WHO_PROCESS;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE;
import static dev.ostler.linux.LinuxConstants.PR_SCHED_CORE_GET;
import static dev.ostler.linux.LinuxConstants.SCHED_FLAG_RESET_ON_FORK;
import static dev.ostler.linux.Native.C;

import dev.ostler.base.Pid;

/**
 * How the main thread of a process is scheduled, sched_getattr(2). Any platform thread.
 *
 * @param policy SCHED_*
 * @param priority real-time priority, else 0
 * @param runtime nanoseconds, with SCHED_DEADLINE; so are deadline and period
 */
public record SchedulingOf(int policy, int priority, boolean resetOnFork, long runtime, long deadline, long period) {
    /** SCHED_ATTR_SIZE_VER0: every kernel that has the call knows as much. */
    static final int ATTR_BYTES = 48;

    private static final int POLICY = 4;
    private static final int FLAGS = 8;
    static final int PRIORITY = 20;
    static final int RUNTIME = 24;
    private static final int DEADLINE = 32;
    private static final int PERIOD = 40;

    private static final int PIDTYPE_PID = 0;

    /** ESRCH when there is no such process. */
    public static SchedulingOf of(Pid pid) {
        NativeBuffer attr = NativeBuffer.allocate(ATTR_BYTES);
        long result = C.syscall(Arch.current().schedGetattr, pid.value(), attr.address(), ATTR_BYTES, 0, 0, 0);
        check(result, "sched_getattr", pid);
        var bytes = attr.bytes();
        return new SchedulingOf(
                bytes.getInt(POLICY),
                bytes.getInt(PRIORITY),
                (bytes.getLong(FLAGS) & SCHED_FLAG_RESET_ON_FORK) != 0,
                bytes.getLong(RUNTIME),
                bytes.getLong(DEADLINE),
                bytes.getLong(PERIOD));
    }

    /** Class in the bits from 13 on, level below: ioprio_get(2). ESRCH when there is no such process. */
    public static int ioPriority(Pid pid) {
        return (int) check(
                C.syscall(Arch.current().ioprioGet, IOPRIO_WHO_PROCESS, pid.value(), 0, 0, 0, 0), "ioprio_get", pid);
    }

    /**
     * The core scheduling cookie; 0 = none. Needs the right to ptrace the process (EPERM); ENODEV where cores have one
     * thread each, EINVAL where the kernel has no core scheduling.
     */
    public static long coreCookie(Pid pid) {
        NativeBuffer cookie = NativeBuffer.allocate(Long.BYTES);
        check(
                C.prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, pid.value(), PIDTYPE_PID, cookie.address()),
                "prctl(PR_SCHED_CORE)",
                pid);
        return cookie.bytes().getLong(0);
    }

    private static long check(long result, String call, Pid pid) {
        if (result == -1) {
            Errno errno = Native.lastError();
            throw new KernelException(call, "pid " + pid, errno);
        }
        return result;
    }
}

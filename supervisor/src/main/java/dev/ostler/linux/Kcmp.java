package dev.ostler.linux;

import dev.ostler.base.Pid;

/**
 * Compares kernel objects of two processes, kcmp(2); needs the right to ptrace both (EPERM otherwise) and a kernel built
 * with it (ENOSYS otherwise). Any platform thread.
 */
public final class Kcmp {
    /** What is compared. */
    public enum Type {
        FILE(0);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    private Kcmp() {}

    /** True when the two descriptors share one open file description. */
    public static boolean sameFile(Pid first, int firstFd, Pid second, int secondFd) {
        return isSame(Type.FILE, first, firstFd, second, secondFd);
    }

    static boolean isSame(Type type, Pid first, long firstIndex, Pid second, long secondIndex) {
        long result = Native.C.syscall(
                Arch.current().kcmp, first.value(), second.value(), type.number(), firstIndex, secondIndex, 0);
        if (result == -1) {
            Errno errno = Native.lastError();
            throw new KernelException("kcmp", "pid " + first + " and pid " + second, errno);
        }
        return result == 0; // 1 and 2 order unequal objects, 3 says unequal without an order
    }
}

package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.LOCK_EX;
import static dev.ostler.linux.LinuxConstants.LOCK_NB;
import static dev.ostler.linux.LinuxConstants.LOCK_UN;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

/** Exclusive locks of open file descriptions, flock(2): shared by all duplicates, gone with the last. Any platform thread. */
public final class Flock {
    private Flock() {}

    /** False when somebody else holds it. */
    public static boolean tryLock(Fd fd) {
        int result = C.flock(fd.number(), LOCK_EX | LOCK_NB);
        if (result == -1) {
            Errno errno = lastError();
            if (!errno.equals(Errno.EAGAIN)) {
                throw new KernelException("flock", fd.toString(), errno);
            }
        }
        return result == 0;
    }

    public static void unlock(Fd fd) {
        check(C.flock(fd.number(), LOCK_UN), "flock", fd);
    }
}

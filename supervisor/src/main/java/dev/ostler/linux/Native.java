package dev.ostler.linux;

import jnr.ffi.Runtime;

/**
 * The one binding of libc, and the place where -1 becomes an exception. Loading it proves that calls and errno work,
 * because a binding that fails silently would be found out much later. Any platform thread; not virtual threads, which
 * may change their carrier between the call and the look at errno.
 */
final class Native {
    static final LibC C = new LibC();
    static final Runtime RUNTIME = Runtime.getSystemRuntime();

    static {
        verify();
    }

    private Native() {}

    private static void verify() {
        long pid = ProcessHandle.current().pid();
        if (C.getpid() != pid) {
            throw new IllegalStateException("native calls do not work: getpid gave " + C.getpid() + ", not " + pid);
        }
        int result = C.close(-1);
        Errno errno = lastError();
        if (result != -1 || !errno.equals(Errno.EBADF)) {
            throw new IllegalStateException("native calls do not work: close(-1) gave " + result + ", " + errno);
        }
    }

    /** errno of this thread's last call; meaningful only in the statement after a call that returned -1. */
    static Errno lastError() {
        return new Errno(RUNTIME.getLastError());
    }

    /** Passes a result through; throws when it is -1. */
    static int check(int result, String call, String object) {
        if (result == -1) {
            throw new KernelException(call, object, lastError());
        }
        return result;
    }

    static int check(int result, String call, Fd fd) {
        if (result == -1) {
            Errno errno = lastError();
            throw new KernelException(call, fd.toString(), errno);
        }
        return result;
    }
}

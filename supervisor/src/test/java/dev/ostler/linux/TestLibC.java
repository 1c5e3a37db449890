package dev.ostler.linux;

import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;

/** Calls that only tests make. */
public interface TestLibC {
    TestLibC C = LibraryLoader.create(TestLibC.class).failImmediately().load("c");

    int SIG_BLOCK = 0;
    int SIG_SETMASK = 2;

    int pthread_sigmask(long how, Pointer set, Pointer old);

    int gettid();

    int tgkill(long process, long thread, long signal);

    int prctl(long option, long a, long b, long c, long d);

    int clock_gettime(long clock, Pointer timespec);

    int clock_settime(long clock, Pointer timespec);
}

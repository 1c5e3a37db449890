package dev.ostler.linux;

import dev.ostler.base.Signal;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;

/** Sets of signals as the kernel's 64-bit masks: bit n-1 is signal n. Any thread. */
public final class Signals {
    /** glibc's sigset_t. */
    private static final int SIGSET_BYTES = 128;

    private Signals() {}

    public static long mask(Set<Signal> signals) {
        long mask = 0;
        for (Signal signal : signals) {
            mask |= 1L << (signal.number() - 1);
        }
        return mask;
    }

    /** The signals of a mask; 32 and 33, which belong to the C library, are left out. */
    public static Set<Signal> of(long mask) {
        Set<Signal> signals = new TreeSet<>(Comparator.comparingInt(Signal::number));
        for (int number = 1; number <= Long.SIZE; number++) {
            if ((mask & 1L << (number - 1)) != 0 && number != 32 && number != 33) {
                signals.add(new Signal(number));
            }
        }
        return signals;
    }

    /** What the calling thread blocks. */
    public static Set<Signal> blockedByThisThread() {
        return of(ProcStatus.read(Path.of("/proc/thread-self/status")).signalsBlocked());
    }

    /** Adds to what the calling thread blocks; for good. */
    public static void blockInThisThread(Set<Signal> signals) {
        NativeBuffer set = NativeBuffer.allocate(SIGSET_BYTES);
        set.bytes().putLong(0, mask(signals));
        int errno = Native.C.pthread_sigmask(LinuxConstants.SIG_BLOCK, set.pointer(), null);
        if (errno != 0) {
            throw new KernelException("pthread_sigmask", signals.toString(), new Errno(errno));
        }
    }
}

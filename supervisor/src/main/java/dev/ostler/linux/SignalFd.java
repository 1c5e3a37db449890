package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.SFD_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SFD_NONBLOCK;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;

import dev.ostler.base.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Signals as a descriptor, signalfd(2). Receives only what every thread of the process blocks, so the mask must have been
 * set before the JVM started. Standard signals coalesce: one entry may stand for several. Owned by one thread.
 */
public final class SignalFd implements AutoCloseable {
    /** glibc's sigset_t; the kernel looks at the first 8 bytes. */
    private static final int SIGSET_BYTES = 128;

    private static final int SIGINFO_BYTES = 128;
    private static final int BATCH = 16;

    private final Fd fd;
    private final NativeBuffer buffer = NativeBuffer.allocate(BATCH * SIGINFO_BYTES);

    private SignalFd(Fd fd) {
        this.fd = fd;
    }

    public static SignalFd create(Set<Signal> signals) {
        NativeBuffer mask = NativeBuffer.allocate(SIGSET_BYTES);
        mask.bytes().putLong(0, Signals.mask(signals));
        int number = check(C.signalfd(-1, mask.pointer(), SFD_CLOEXEC | SFD_NONBLOCK), "signalfd", signals.toString());
        return new SignalFd(Fd.adopt(number));
    }

    /** All that are pending, in the kernel's order; empty when there are none. */
    public List<Signal> read() {
        List<Signal> received = new ArrayList<>();
        int count;
        do {
            count = Descriptors.read(fd, buffer, 0, buffer.capacity());
            for (int offset = 0; offset + SIGINFO_BYTES <= count; offset += SIGINFO_BYTES) {
                received.add(new Signal(buffer.bytes().getInt(offset)));
            }
        } while (count == buffer.capacity());
        return List.copyOf(received);
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}

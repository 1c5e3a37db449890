package dev.ostler.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Tells that a memory cgroup of version 1 has no memory left: an eventfd that is registered in its cgroup.event_control
 * (Documentation/admin-guide/cgroup-v1/memory.rst, 10. OOM Control). It comes just before the kernel kills, so the count of kills
 * grows a moment later. Owned by whoever created it; to be closed before the cgroup is removed.
 */
public final class OomNotice implements AutoCloseable {
    private static final int MOST_BYTES = 32;

    private final EventFd event;

    private OomNotice(EventFd event) {
        this.event = event;
    }

    /** @throws KernelException names the file that refused */
    public static OomNotice register(Path cgroup) {
        EventFd event = EventFd.create();
        try (Fd watched = Descriptors.open(cgroup.resolve("memory.oom_control"), LinuxConstants.O_RDONLY);
                Fd control = Descriptors.open(cgroup.resolve("cgroup.event_control"), LinuxConstants.O_WRONLY)) {
            byte[] line = (event.fd().number() + " " + watched.number()).getBytes(StandardCharsets.US_ASCII);
            NativeBuffer buffer = NativeBuffer.allocate(MOST_BYTES);
            buffer.bytes().put(0, line);
            Descriptors.write(control, buffer, 0, line.length);
            return new OomNotice(event);
        } catch (KernelException e) {
            event.close();
            throw e;
        }
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return event.fd();
    }

    /** Makes it quiet again. */
    public void drain() {
        event.drain();
    }

    @Override
    public void close() {
        event.close();
    }
}

package dev.ostler.supervise;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.linux.Pipe;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;

/**
 * A readiness descriptor as s6 has it: the service writes a line to a pipe. It is looked at by tee(2) and stays in the pipe
 * until it has been told, so that the next supervisor finds it if this one is killed. Loop thread only.
 */
final class ReadyChannel implements RunChannel {
    /** What is looked at in one go; a line of s6 is one byte. */
    private static final int LOOK_BYTES = 4096;

    private final Fd pipe;
    private final Registration registration;
    private final Runnable onReady;
    private final Runnable onOver;
    private boolean open = true;

    /**
     * @param pipe its read end, non-blocking; owned from here on
     * @param onOver called once, when nothing more can come of it; the pipe is closed then
     */
    ReadyChannel(Fd pipe, EventLoop loop, Runnable onReady, Runnable onOver) {
        this.pipe = pipe;
        this.onReady = onReady;
        this.onOver = onOver;
        registration = loop.register(Priority.IO, pipe, LinuxConstants.EPOLLIN, (events, now) -> drain());
    }

    @Override
    public void drain() {
        NativeBuffer buffer = NativeBuffer.allocate(LOOK_BYTES);
        while (open) {
            int waiting = look(buffer);
            if (waiting == Descriptors.WOULD_BLOCK) {
                return;
            }
            if (waiting == 0) {
                over(); // every write end is closed, and there has been no line
            } else if (hasLine(buffer, waiting)) {
                onReady.run();
                over();
            } else {
                Descriptors.read(pipe, buffer, 0, waiting); // no line so far: nothing is lost with it
            }
        }
    }

    private int look(NativeBuffer buffer) {
        try (Pipe copy = Descriptors.pipe(LinuxConstants.O_NONBLOCK)) {
            int count = Descriptors.tee(pipe, copy.writeEnd(), LOOK_BYTES);
            return count <= 0 ? count : Descriptors.read(copy.readEnd(), buffer, 0, count);
        }
    }

    private static boolean hasLine(NativeBuffer buffer, int length) {
        for (int i = 0; i < length; i++) {
            if (buffer.bytes().get(i) == '\n') {
                return true;
            }
        }
        return false;
    }

    private void over() {
        close();
        onOver.run();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            registration.close();
            pipe.close();
        }
    }
}

package dev.ostler.supervise;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** What a command beside a service writes: its end is kept for people, the rest thrown away. Owns the pipe. Loop thread only. */
final class CommandOutput implements AutoCloseable {
    /** More than any of them has to say; what writes on and on would keep the loop busy. */
    static final int MAX_BYTES = 1 << 20;

    private static final int KEPT_BYTES = 4096;
    private static final int MAX_TEXT = 200;

    private final Fd pipe;
    private final NativeBuffer buffer;
    private final Runnable tooMuch;
    private final Registration registration;
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long bytes;

    /**
     * @param buffer lent for the time of a read
     * @param tooMuch called once, when more than {@link #MAX_BYTES} have come; no more are read then
     */
    CommandOutput(Fd pipe, EventLoop loop, NativeBuffer buffer, Runnable tooMuch) {
        this.pipe = pipe;
        this.buffer = buffer;
        this.tooMuch = tooMuch;
        registration = loop.register(Priority.IO, pipe, LinuxConstants.EPOLLIN, (events, now) -> read());
    }

    /** Takes some of what is there now; a little at a time, as others wait for their turn. */
    void read() {
        if (!registration.isOpen()) {
            return;
        }
        int got = Descriptors.read(pipe, buffer, 0, buffer.capacity());
        if (got == Descriptors.WOULD_BLOCK) {
            return;
        }
        bytes += got;
        if (got == 0 || bytes > MAX_BYTES) {
            registration.close();
        }
        keep(got);
        if (bytes > MAX_BYTES) {
            tooMuch.run();
        }
    }

    private void keep(int got) {
        byte[] chunk = new byte[Math.min(got, KEPT_BYTES)];
        buffer.bytes().get(got - chunk.length, chunk);
        if (kept.size() + chunk.length > 2 * KEPT_BYTES) {
            kept.reset();
        }
        kept.writeBytes(chunk);
    }

    /** The last line that says something; empty when there is none. */
    String lastLine() {
        String[] lines = kept.toString(StandardCharsets.UTF_8).split("\\R");
        for (int i = lines.length - 1; i >= 0; i--) {
            String line = lines[i].replaceAll("\\p{Cntrl}", " ").strip();
            if (!line.isEmpty()) {
                return line.length() > MAX_TEXT ? line.substring(0, MAX_TEXT) + "..." : line;
            }
        }
        return "";
    }

    @Override
    public void close() {
        registration.close();
        pipe.close();
    }
}

package dev.ostler.output;

import dev.ostler.base.RunKey;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.loop.Registration;
import java.nio.ByteBuffer;
import java.util.Optional;

/** One pipe of one run. Owns the read end. Log thread only. */
final class RunStream implements AutoCloseable {
    /** A service that writes without end must not keep the others waiting: read this much, then let them have a turn. */
    private static final int MAX_READS_PER_TURN = 16;

    /** What a service may write while this thread is busy; the most an unprivileged process may ask for by default. */
    private static final int PIPE_BYTES = 1 << 20;

    final RunKey key;
    private final StreamTag tag;
    private final Fd readEnd;
    private final ServiceLog log;
    private final LineSplitter splitter = new LineSplitter();
    private Optional<Registration> registration = Optional.empty();
    private boolean ended;

    RunStream(RunKey key, StreamTag tag, Fd readEnd, ServiceLog log) {
        this.key = key;
        this.tag = tag;
        this.readEnd = readEnd;
        this.log = log;
    }

    Fd readEnd() {
        return readEnd;
    }

    void watchedBy(Registration by) {
        registration = Optional.of(by);
        enlarge();
    }

    /** Not before the run has begun: what all pipes of a user hold is limited. */
    private void enlarge() {
        try {
            Descriptors.setPipeSize(readEnd, PIPE_BYTES);
        } catch (KernelException ignored) { // the user's share of pipe pages is used up: the default size works too
            return;
        }
    }

    /** Takes what is in the pipe now, up to a bound. */
    void read(NativeBuffer buffer) {
        for (int i = 0; i < MAX_READS_PER_TURN && !ended; i++) {
            int got = Descriptors.read(readEnd, buffer, 0, buffer.capacity());
            if (got == Descriptors.WOULD_BLOCK) {
                break;
            }
            if (got == 0) {
                ended = true;
                registration.ifPresent(Registration::close);
                break;
            }
            ByteBuffer chunk = buffer.bytes().slice(0, got);
            splitter.feed(chunk, this::line);
            log.flush(); // after each: what waits is never more than one read
        }
    }

    private void line(byte[] bytes, int offset, int length, boolean partial) {
        log.line(tag, key.run(), partial, bytes, offset, length);
    }

    /** The run is over: what was left without a newline comes out as a partial line. */
    @Override
    public void close() {
        registration.ifPresent(Registration::close);
        readEnd.close();
        splitter.finish(this::line);
        log.flush();
    }
}

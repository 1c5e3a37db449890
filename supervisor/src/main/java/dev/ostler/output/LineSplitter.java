package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Cuts a byte stream into lines. A line longer than the limit comes in pieces, all but the last marked partial; what a
 * process leaves without a newline is kept and comes out as partial at the end. Log thread only.
 */
final class LineSplitter {
    /** Longest piece, bytes; bounds what one stream can hold in memory. */
    static final int MAX_LINE_BYTES = 64 * 1024;

    private final ByteArrayOutputStream held = new ByteArrayOutputStream(0);

    /** Receives a line without its newline. */
    interface Sink {
        void line(byte[] bytes, int offset, int length, boolean partial);
    }

    /** Takes all bytes of {@code chunk}. */
    void feed(ByteBuffer chunk, Sink sink) {
        byte[] bytes = new byte[chunk.remaining()];
        chunk.get(bytes);
        int start = 0;
        for (int i = 0; i < bytes.length; i++) {
            if (bytes[i] == '\n') {
                emit(bytes, start, i - start, sink);
                start = i + 1;
            }
        }
        hold(bytes, start, bytes.length - start, sink);
    }

    /** End of the stream: what is held is a partial line. */
    void finish(Sink sink) {
        if (held.size() > 0) {
            sink.line(held.toByteArray(), 0, held.size(), true);
            held.reset();
        }
    }

    private void emit(byte[] bytes, int offset, int length, Sink sink) {
        if (held.size() == 0 && length <= MAX_LINE_BYTES) {
            sink.line(bytes, offset, length, false);
            return;
        }
        hold(bytes, offset, length, sink);
        sink.line(held.toByteArray(), 0, held.size(), false);
        held.reset();
    }

    private void hold(byte[] bytes, int offset, int length, Sink sink) {
        int from = offset;
        int left = length;
        while (held.size() + left > MAX_LINE_BYTES) {
            int room = MAX_LINE_BYTES - held.size();
            held.write(bytes, from, room);
            sink.line(held.toByteArray(), 0, held.size(), true);
            held.reset();
            from += room;
            left -= room;
        }
        held.write(bytes, from, left);
    }
}

package dev.ostler.output;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.Optional;

/**
 * Reads a log file and those that were rotated away before it, oldest first. A file that is rotated away while it is read is
 * read to its end. Holds one open file at most, and nothing of its content. Log thread only.
 */
final class FileCursor implements LogCursor {
    /** Holds the longest line with its stamp. */
    private static final int PIECE_BYTES = 128 * 1024;

    /** Bounds what short lines become when something is put in front of each. */
    private static final int PIECE_LINES = 4096;

    private static final String SKIPPED = "lines skipped: the log was rotated faster than it was read\n";

    private final RotatingFile file;
    private long generation;
    private long offset;
    private FileChannel channel;
    private long limitGeneration;
    private long limitOffset;

    /** At the last {@code count} lines of those that exist now. */
    FileCursor(RotatingFile file, int count) throws IOException {
        this.file = file;
        limitGeneration = file.generation();
        limitOffset = file.sizeOf(limitGeneration);
        LogTail.Position start = LogTail.find(file, count);
        generation = start.generation();
        offset = start.offset();
    }

    @Override
    public void goOn() {
        limitGeneration = Long.MAX_VALUE;
    }

    @Override
    public Optional<String> next() throws IOException {
        boolean skipped = false;
        while (generation < limitGeneration || generation == limitGeneration && offset < limitOffset) {
            if (channel == null && generation < file.oldestGeneration()) {
                generation = file.oldestGeneration();
                skipped = true;
            }
            Optional<String> piece = read();
            if (piece.isPresent()) {
                return Optional.of((skipped ? SKIPPED : "") + piece.get());
            }
            if (generation >= file.generation()) {
                return Optional.empty();
            }
            close();
            generation++;
            offset = 0;
        }
        return Optional.empty();
    }

    private Optional<String> read() throws IOException {
        if (channel == null && !open()) {
            return Optional.empty();
        }
        if (channel.size() < offset) { // truncated by someone else
            offset = 0;
        }
        long room = generation == limitGeneration ? limitOffset - offset : PIECE_BYTES;
        ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(PIECE_BYTES, room));
        int got = channel.read(buffer, offset);
        if (got <= 0) {
            return Optional.empty();
        }
        int whole = wholeLines(buffer.array(), got);
        offset += whole;
        return Optional.of(new String(buffer.array(), 0, whole, StandardCharsets.UTF_8));
    }

    private boolean open() throws IOException {
        try {
            channel = FileChannel.open(file.pathOf(generation));
            return true;
        } catch (NoSuchFileException ignored) { // not written to yet, or removed by someone else
            return false;
        }
    }

    /** Bytes up to the end of the last whole line of the piece; all of them where there is none. */
    private static int wholeLines(byte[] bytes, int length) {
        int end = 0;
        int lines = 0;
        for (int i = 0; i < length && lines < PIECE_LINES; i++) {
            if (bytes[i] == '\n') {
                end = i + 1;
                lines++;
            }
        }
        return end == 0 ? length : end;
    }

    @Override
    public void close() {
        if (channel != null) {
            FileChannel closing = channel;
            channel = null;
            try {
                closing.close();
            } catch (IOException ignored) { // was only read
                return;
            }
        }
    }
}

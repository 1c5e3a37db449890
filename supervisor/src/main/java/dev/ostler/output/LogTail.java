package dev.ostler.output;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/** Finds where the last lines of a log begin, reading backwards in blocks and keeping none. Log thread only. */
final class LogTail {
    private static final int BLOCK_BYTES = 64 * 1024;

    /** A byte of one of the files of a log. */
    record Position(long generation, long offset) {}

    private LogTail() {}

    /** Where the last {@code count} lines begin, over all files that exist. */
    static Position find(RotatingFile file, int count) throws IOException {
        long oldest = file.oldestGeneration();
        if (count == Integer.MAX_VALUE) {
            return new Position(oldest, 0);
        }
        long missing = count;
        for (long generation = file.generation(); generation >= oldest; generation--) {
            Path path = file.pathOf(generation);
            if (!Files.exists(path)) {
                continue;
            }
            Scan scan = new Scan(missing);
            long offset = scan.back(path);
            if (scan.isComplete()) {
                return new Position(generation, offset);
            }
            missing = scan.missing;
        }
        return new Position(oldest, 0);
    }

    /** One file from its end. */
    private static final class Scan {
        /** Lines not passed yet. */
        private long missing;

        private boolean complete;

        Scan(long missing) {
            this.missing = missing;
        }

        boolean isComplete() {
            return complete;
        }

        long back(Path path) throws IOException {
            try (RandomAccessFile in = new RandomAccessFile(path.toFile(), "r")) {
                long end = in.length();
                if (missing == 0) {
                    complete = true;
                    return end;
                }
                byte[] block = new byte[BLOCK_BYTES];
                for (long position = end; position > 0; ) {
                    int size = (int) Math.min(BLOCK_BYTES, position);
                    position -= size;
                    in.seek(position);
                    in.readFully(block, 0, size);
                    long found = newline(block, size, position, end);
                    if (complete) {
                        return found;
                    }
                }
                missing -= end > 0 ? 1 : 0; // the first line of a file follows no newline
                complete = missing == 0;
                return 0;
            }
        }

        /** Every newline but the last byte of the file ends the line before one that was passed. */
        private long newline(byte[] block, int size, long position, long end) {
            for (int i = size - 1; i >= 0; i--) {
                if (block[i] == '\n' && position + i + 1 < end && --missing == 0) {
                    complete = true;
                    return position + i + 1;
                }
            }
            return 0;
        }
    }
}

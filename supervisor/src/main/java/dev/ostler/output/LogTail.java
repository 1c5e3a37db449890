package dev.ostler.output;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The last lines of a set of files, read backwards in blocks. Log thread only. */
final class LogTail {
    private static final int BLOCK_BYTES = 64 * 1024;

    private LogTail() {}

    /** The last {@code count} lines, oldest first. {@code files} are oldest first. */
    static List<String> read(List<Path> files, int count) throws IOException {
        Deque<String> lines = new ArrayDeque<>();
        for (int i = files.size() - 1; i >= 0 && lines.size() < count; i--) {
            prepend(files.get(i), count, lines);
        }
        return new ArrayList<>(lines);
    }

    private static void prepend(Path file, int count, Deque<String> lines) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long position = in.length();
            byte[] rest = new byte[0];
            while (position > 0 && lines.size() < count) {
                int size = (int) Math.min(BLOCK_BYTES, position);
                position -= size;
                byte[] block = new byte[size + rest.length];
                in.seek(position);
                in.readFully(block, 0, size);
                System.arraycopy(rest, 0, block, size, rest.length);
                boolean atEnd = position + size == in.length();
                rest = takeLines(block, position == 0, atEnd, count, lines);
            }
        }
    }

    /** Takes whole lines from the end of {@code block}; returns the piece before the first newline. */
    private static byte[] takeLines(byte[] block, boolean atStart, boolean atEnd, int count, Deque<String> lines) {
        int end = block.length;
        if (atEnd && end > 0 && block[end - 1] == '\n') {
            end--;
        }
        for (int i = end - 1; i >= 0 && lines.size() < count; i--) {
            if (block[i] == '\n') {
                lines.addFirst(new String(block, i + 1, end - i - 1, StandardCharsets.UTF_8));
                end = i;
            }
        }
        if (atStart && lines.size() < count && end > 0) {
            lines.addFirst(new String(block, 0, end, StandardCharsets.UTF_8));
            return new byte[0];
        }
        byte[] rest = new byte[end];
        System.arraycopy(block, 0, rest, 0, end);
        return rest;
    }
}

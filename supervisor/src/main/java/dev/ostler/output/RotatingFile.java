package dev.ostler.output;

import dev.ostler.spec.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * One log file, appended to, renamed to {@code .1}, {@code .2}, … when it has reached its size. Rotation happens between
 * batches of whole lines, so no line is ever split over two files. Log thread only.
 */
final class RotatingFile implements AutoCloseable {
    private final Path path;
    private final LogSpec spec;
    private FileChannel channel;
    private long size;

    RotatingFile(Path path, LogSpec spec) {
        this.path = path;
        this.spec = spec;
    }

    Path path() {
        return path;
    }

    /** Writes all of {@code batch}; on failure what was not written stays in it. */
    void append(ByteBuffer batch) throws IOException {
        if (channel == null) {
            open();
        }
        if (size > 0 && size + batch.remaining() > spec.rotateSize().bytes()) {
            rotate();
        }
        while (batch.hasRemaining()) {
            size += channel.write(batch);
        }
    }

    private void open() throws IOException {
        channel = FileChannel.open(
                path,
                java.util.Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
        size = channel.size();
    }

    private void rotate() throws IOException {
        close();
        for (int i = spec.keep(); i >= 1; i--) {
            Path from = i == 1 ? path : numbered(i - 1);
            if (Files.exists(from)) {
                Files.move(from, numbered(i), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (spec.keep() == 0) {
            Files.deleteIfExists(path);
        }
        open();
    }

    /** Old files and the present one, oldest first; only those that exist. */
    List<Path> files() {
        List<Path> files = new ArrayList<>();
        for (int i = spec.keep(); i >= 0; i--) {
            Path file = i == 0 ? path : numbered(i);
            if (Files.exists(file)) {
                files.add(file);
            }
        }
        return files;
    }

    private Path numbered(int index) {
        return path.resolveSibling(path.getFileName() + "." + index);
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            FileChannel closing = channel;
            channel = null;
            closing.close();
        }
    }
}

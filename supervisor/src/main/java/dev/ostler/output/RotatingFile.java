package dev.ostler.output;

import dev.ostler.spec.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * One log file, appended to, renamed to {@code .1}, {@code .2}, … when it has reached its size. Rotation happens between
 * batches of whole lines, so no line is ever split over two files. Log thread only.
 */
final class RotatingFile implements AutoCloseable {
    private static final byte[] NEWLINE = {'\n'};
    private static final Set<OpenOption> APPEND =
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    private static final FileAttribute<?> MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----"));

    private final Path path;
    private LogSpec spec;
    private FileChannel channel;
    private long size;
    private long generation;

    /** The file ends in the middle of a line, as a write has failed. */
    private boolean cutShort;

    RotatingFile(Path path, LogSpec spec) {
        this.path = path;
        this.spec = spec;
    }

    Path path() {
        return path;
    }

    /** Files beyond a lower number to keep stay where they are. */
    void reconfigure(LogSpec newSpec) {
        spec = newSpec;
    }

    /** Writes all of {@code batch}, which is whole lines; on failure what was not written stays in it. */
    void append(ByteBuffer batch) throws IOException {
        if (channel == null) {
            open();
        }
        if (size > 0 && size + batch.remaining() > spec.rotateSize().bytes()) {
            rotate();
        }
        if (cutShort) { // so that nothing is glued to the rest of a line
            write(ByteBuffer.wrap(NEWLINE));
        }
        try {
            write(batch);
        } finally {
            cutShort = batch.position() > 0 && batch.get(batch.position() - 1) != '\n';
        }
    }

    private void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            size += channel.write(bytes);
        }
    }

    private void open() throws IOException {
        channel = FileChannel.open(path, APPEND, MODE);
        size = channel.size();
        cutShort = size > 0 && lastByte() != '\n'; // a supervisor was killed while it wrote
    }

    private byte lastByte() throws IOException {
        try (FileChannel in = FileChannel.open(path)) {
            ByteBuffer last = ByteBuffer.allocate(1);
            in.read(last, size - 1);
            return last.get(0);
        }
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
        generation++;
        open();
    }

    /** Number of the present file: the one before it had one less. */
    long generation() {
        return generation;
    }

    /** The oldest file that is left; the present one when there is no other. */
    long oldestGeneration() {
        int index = spec.keep();
        while (index > 0 && !Files.exists(numbered(index))) {
            index--;
        }
        return generation - index;
    }

    /** What the file of a generation is called now; it may not exist. */
    Path pathOf(long of) {
        return of == generation ? path : numbered((int) (generation - of));
    }

    /** Bytes in the file of a generation; 0 when it does not exist. */
    long sizeOf(long of) throws IOException {
        Path file = pathOf(of);
        return Files.exists(file) ? Files.size(file) : 0;
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

package dev.ostler.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the bytes of a file come from: the disk, or the snapshot that a restarted supervisor was left. */
@FunctionalInterface
public interface FileReader {
    /** No more of a file is read: one byte past what is accepted, as a device has no end. */
    int MOST_BYTES = TextDecoder.MOST_BYTES + 1;

    /**
     * The whole file.
     *
     * @param path absolute and normalized
     * @throws java.nio.file.NoSuchFileException when there is none; other exceptions are reported as they are
     */
    byte[] read(Path path) throws IOException;

    /** The files in a directory, absolute, in any order; none when there is no such directory. */
    default List<Path> list(Path directory) throws IOException {
        return List.of();
    }

    /** Reads from the disk. */
    static FileReader disk() {
        return new FileReader() {
            @Override
            public byte[] read(Path path) throws IOException {
                try (InputStream in = Files.newInputStream(path)) {
                    return in.readNBytes(MOST_BYTES);
                }
            }

            @Override
            public List<Path> list(Path directory) throws IOException {
                try (Stream<Path> files = Files.list(directory)) {
                    return files.toList();
                } catch (NoSuchFileException | NotDirectoryException ignored) {
                    return List.of();
                }
            }
        };
    }
}

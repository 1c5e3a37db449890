package dev.ostler.yaml;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the bytes of a file come from: the disk, or the snapshot that a restarted supervisor was left. */
@FunctionalInterface
public interface FileReader {
    /**
     * The whole file.
     *
     * @param path absolute and normalized
     * @throws java.nio.file.NoSuchFileException when there is none; other exceptions are reported as they are
     */
    byte[] read(Path path) throws IOException;

    /** Reads from the disk, one byte past what is accepted at most: a device has no end. */
    static FileReader disk() {
        return path -> {
            try (InputStream in = Files.newInputStream(path)) {
                return in.readNBytes(TextDecoder.MOST_BYTES + 1);
            }
        };
    }
}

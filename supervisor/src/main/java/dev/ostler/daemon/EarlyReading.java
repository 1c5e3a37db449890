package dev.ostler.daemon;

import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Reads a project that is made up, on a thread of its own, while the first thread gets at the kernel and the keeper: two parts
 * of a start that need each other's results not at all, and each of which is mostly the first use of its classes. When the real
 * project is read these are ready.
 */
final class EarlyReading implements Runnable {
    private static final Path FILE = Path.of("/ostler.yaml");

    private static final String TEXT = """
            services:
              a:
                command: [a, "1"]
                environment: { A: b }
                ready: { tcp: 1 }
              b:
                command: b
                depends_on: [a]
            """;

    private EarlyReading() {}

    static void begin() {
        Thread thread = new Thread(new EarlyReading(), "early-reading");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        YamlProject.load(new ProjectSource(FILE, "", List.of(), FILE.getParent(), Map.of(), new MadeUp()));
    }

    private static final class MadeUp implements FileReader {
        @Override
        public byte[] read(Path path) throws NoSuchFileException {
            if (!path.equals(FILE)) {
                throw new NoSuchFileException(path.toString());
            }
            return TEXT.getBytes(StandardCharsets.UTF_8);
        }
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What this process has open, to prove that a piece of code leaves nothing behind. */
final class OpenDescriptors {
    private OpenDescriptors() {}

    /** Runs it once to load what it needs, then again, between two looks at /proc/self/fd. */
    static void assertNoLeak(ThrowingRunnable body) throws Exception {
        body.run();
        Map<Integer, String> before = list();
        body.run();
        assertThat(list()).isEqualTo(before);
    }

    static Map<Integer, String> list() throws IOException {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc/self/fd"))) {
            entries.forEach(entry -> {
                try {
                    String target = Files.readSymbolicLink(entry).toString();
                    if (!target.matches("/proc/[0-9]+/fd")) { // the listing itself
                        open.put(Integer.valueOf(entry.getFileName().toString()), target);
                    }
                } catch (IOException ignored) { // closed between listing and looking
                }
            });
        }
        return open;
    }

    /** A body that may throw anything. */
    interface ThrowingRunnable {
        void run() throws Exception;
    }
}

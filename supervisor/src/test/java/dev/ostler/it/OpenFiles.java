package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The descriptors of another process, as /proc/PID/fd shows them. */
final class OpenFiles {
    /** In the flags of /proc/PID/fdinfo, octal. */
    private static final long CLOSE_ON_EXEC = 02000000;

    private OpenFiles() {}

    /** Number → what it is open on. */
    static Map<Integer, String> of(long pid) {
        Map<Integer, String> open = new TreeMap<>();
        try (Stream<Path> entries = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path entry : entries.toList()) {
                try {
                    open.put(
                            Integer.valueOf(entry.getFileName().toString()),
                            Files.readSymbolicLink(entry).toString());
                } catch (NoSuchFileException ignored) { // closed since
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return open;
    }

    /** How many of them are open on {@code file}. */
    static long on(Path file, long pid) throws IOException {
        String target = file.toRealPath().toString();
        return of(pid).values().stream().filter(target::equals).count();
    }

    static boolean isClosedByExecve(long pid, int descriptor) throws IOException {
        String flags = Files.readAllLines(Path.of("/proc/" + pid + "/fdinfo/" + descriptor)).stream()
                .filter(line -> line.startsWith("flags:"))
                .findFirst()
                .orElseThrow();
        return (Long.parseLong(flags.substring("flags:".length()).strip(), 8) & CLOSE_ON_EXEC) != 0;
    }
}

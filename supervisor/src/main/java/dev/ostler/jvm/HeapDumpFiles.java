package dev.ostler.jvm;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Heap dumps that are being written: files with {@code .hprof} in their name that a process has open for writing. HotSpot
 * writes {@code java_pid7.hprof} when memory has run out; from JDK 21 on in parts beside it, {@code java_pid7.hprof.p0}. For any thread;
 * may wait for a disk.
 */
public final class HeapDumpFiles {
    private static final String MARK = ".hprof";

    /** O_ACCMODE of open(2); O_RDONLY is 0. */
    private static final int ACCESS_MODE = 3;

    private HeapDumpFiles() {}

    /**
     * One dump, or several together.
     *
     * @param name of the first of its files
     * @param bytes of all of them
     */
    public record Dump(String name, long bytes) {}

    /** Of these processes; one that is gone, or does not let its files be seen, writes none. */
    public static Optional<Dump> of(List<Pid> processes) {
        TreeMap<String, Long> sizes =
                new TreeMap<>(Comparator.comparing(String::length).thenComparing(Comparator.naturalOrder()));
        processes.forEach(process -> find(process, sizes));
        return sizes.isEmpty()
                ? Optional.empty()
                : Optional.of(new Dump(
                        name(sizes.firstKey()),
                        sizes.values().stream().mapToLong(Long::longValue).sum()));
    }

    private static void find(Pid process, TreeMap<String, Long> sizes) {
        Path own = Path.of("/proc", process.toString());
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(own.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                look(own, descriptor, sizes);
            }
        } catch (IOException | DirectoryIteratorException | UncheckedIOException ignored) { // gone, or not ours to see
        }
    }

    private static void look(Path process, Path descriptor, TreeMap<String, Long> sizes) {
        try {
            String file = Files.readSymbolicLink(descriptor).toString();
            if (name(file).contains(MARK)
                    && isForWriting(process.resolve("fdinfo").resolve(descriptor.getFileName()))) {
                sizes.put(file, Files.size(descriptor)); // the file itself, in whatever mount namespace it has its name
            }
        } catch (IOException ignored) { // closed meanwhile
        }
    }

    /** No Path is made of what the kernel says: bytes that are no text here cannot be turned back. */
    private static String name(String file) {
        return file.substring(file.lastIndexOf('/') + 1);
    }

    /** By {@code flags} of proc_pid_fdinfo(5), octal. */
    private static boolean isForWriting(Path info) throws IOException {
        for (String line : Files.readAllLines(info)) {
            if (line.startsWith("flags:")) {
                return (Integer.parseInt(line.substring("flags:".length()).strip(), 8) & ACCESS_MODE) != 0;
            }
        }
        return false;
    }
}

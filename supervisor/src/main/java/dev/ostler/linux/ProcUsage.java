package dev.ostler.linux;

import static dev.ostler.linux.Native.C;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * What one process uses, proc_pid_stat(5). Any platform thread.
 *
 * @param parent 0 when the parent is outside the pid namespace
 * @param cpu time of all its threads, without children
 * @param residentBytes shared pages count in full
 */
public record ProcUsage(int parent, Duration cpu, int threads, long residentBytes) {
    private static final int PARENT = 1;
    private static final int USER_TICKS = 11;
    private static final int SYSTEM_TICKS = 12;
    private static final int THREADS = 17;
    private static final int RESIDENT_PAGES = 21;

    /** USER_HZ is 100 on every architecture but alpha and ia64. */
    private static final long TICK_MILLIS = 10;

    private static final long PAGE_BYTES = C.sysconf(LinuxConstants._SC_PAGESIZE);

    /** Of every process that can be seen. */
    public static Map<Pid, ProcUsage> all() {
        Map<Pid, ProcUsage> all = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                read(process, all);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private static void read(Path process, Map<Pid, ProcUsage> into) {
        try {
            String text = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
            into.put(new Pid(Integer.parseInt(process.getFileName().toString())), parse(text, PAGE_BYTES));
        } catch (IOException ignored) { // it has ended meanwhile
            return;
        }
    }

    /** Pure. The name stands in brackets and may hold anything, so fields count from behind the last one. */
    static ProcUsage parse(String text, long pageBytes) {
        String[] fields = text.substring(text.lastIndexOf(')') + 2).strip().split(" ");
        long ticks = Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[SYSTEM_TICKS]);
        return new ProcUsage(
                Integer.parseInt(fields[PARENT]),
                Duration.ofMillis(ticks * TICK_MILLIS),
                Integer.parseInt(fields[THREADS]),
                Long.parseLong(fields[RESIDENT_PAGES]) * pageBytes);
    }
}

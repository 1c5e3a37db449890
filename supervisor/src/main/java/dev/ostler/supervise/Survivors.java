package dev.ostler.supervise;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Processes that SIGKILL does not end at once: the kernel does not let go of them, as in state D, or they are frozen. */
final class Survivors {
    /** SIGKILL is repeated each second. Until then a process may still be giving its memory back. */
    static final int KILLS_UNTIL_NAMED = 5;

    private static final int MOST_NAMED = 3;

    private Survivors() {}

    /** {@code not gone after SIGKILL: process 4711 (sleep, state D)}; empty when all are gone. */
    static Optional<String> describe(List<Pid> processes) {
        List<String> named = processes.stream()
                .limit(MOST_NAMED)
                .flatMap(pid -> describe(pid).stream())
                .toList();
        int more = processes.size() - MOST_NAMED;
        return named.isEmpty()
                ? Optional.empty()
                : Optional.of(named.stream().collect(Collectors.joining(", ", "not gone after SIGKILL: ", ""))
                        + (more > 0 ? " and " + more + " more" : ""));
    }

    /** By /proc/PID/stat, whose name stands in brackets and may hold anything (proc_pid_stat(5)). */
    private static Optional<String> describe(Pid pid) {
        try {
            String stat = Files.readString(Path.of("/proc", pid.toString(), "stat"), StandardCharsets.ISO_8859_1);
            int end = stat.lastIndexOf(')');
            String name = stat.substring(stat.indexOf('(') + 1, end).replaceAll("\\p{Cntrl}", "?");
            return Optional.of("process " + pid + " (" + name + ", state " + stat.charAt(end + 2) + ")");
        } catch (IOException ignored) { // gone
            return Optional.empty();
        }
    }
}

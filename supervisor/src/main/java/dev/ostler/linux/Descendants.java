package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The processes below a process, by the parent ids of /proc/PID/stat (proc_pid_stat(5)). A snapshot: it may miss what forks
 * meanwhile, and a number in it may have changed hands, so look twice and signal through a pidfd. Any platform thread.
 */
public final class Descendants {
    private Descendants() {}

    /** Children, their children, and so on, without zombies and without {@code root} itself. */
    public static List<Pid> of(Pid root) {
        Map<Integer, List<Integer>> children = children();
        List<Pid> found = new ArrayList<>();
        Deque<Integer> todo = new ArrayDeque<>();
        todo.add(root.value());
        while (!todo.isEmpty()) {
            for (int child : children.getOrDefault(todo.remove(), List.of())) {
                found.add(new Pid(child));
                todo.add(child);
            }
        }
        return found;
    }

    private static Map<Integer, List<Integer>> children() {
        Map<Integer, List<Integer>> children = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                addTo(children, process);
            }
        } catch (IOException e) {
            throw new KernelException("open", "/proc", Errno.ENOENT);
        }
        return children;
    }

    /** Empty when the process is gone, or its parent is outside of this pid namespace. */
    public static Optional<Pid> parentOf(Pid process) {
        return stat(Path.of("/proc", process.toString()))
                .map(fields -> Integer.parseInt(fields[1]))
                .filter(parent -> parent > 0)
                .map(Pid::new);
    }

    private static void addTo(Map<Integer, List<Integer>> children, Path process) {
        Optional<String[]> stat = stat(process);
        if (stat.isPresent() && !stat.get()[0].equals("Z") && !stat.get()[0].equals("X")) {
            int pid = Integer.parseInt(process.getFileName().toString());
            children.computeIfAbsent(Integer.parseInt(stat.get()[1]), parent -> new ArrayList<>())
                    .add(pid);
        }
    }

    /** State and parent. The name before them stands in brackets and may hold anything, so look behind the last one. */
    private static Optional<String[]> stat(Path process) {
        try {
            String stat = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
            return Optional.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3));
        } catch (IOException ignored) { // ended meanwhile
            return Optional.empty();
        }
    }
}

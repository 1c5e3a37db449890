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

    private static void addTo(Map<Integer, List<Integer>> children, Path process) {
        String stat;
        try {
            stat = new String(Files.readAllBytes(process.resolve("stat")), StandardCharsets.ISO_8859_1);
        } catch (IOException ignored) { // ended meanwhile
            return;
        }
        // The name stands in brackets and may hold anything, brackets too: what counts begins after the last one.
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", 3);
        if (!fields[0].equals("Z") && !fields[0].equals("X")) {
            int pid = Integer.parseInt(process.getFileName().toString());
            children.computeIfAbsent(Integer.parseInt(fields[1]), parent -> new ArrayList<>())
                    .add(pid);
        }
    }
}

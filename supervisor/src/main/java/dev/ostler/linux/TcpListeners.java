package dev.ostler.linux;

import dev.ostler.base.Pid;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Who listens on a TCP port of this network namespace, by /proc/net/tcp and tcp6 (proc_pid_net(5)). The kernel lists listening
 * sockets before all others there, so a look costs as much as there are of them. Any platform thread.
 */
public final class TcpListeners {
    private static final String LISTEN = "0A";

    private TcpListeners() {}

    /**
     * A socket that listens.
     *
     * @param inode of sockfs: {@code socket:[inode]} in /proc/PID/fd
     * @param uid of who made it
     */
    public record Listener(long inode, int uid) {}

    /** One on any address, as a server usually wants all of them. */
    public static Optional<Listener> on(int port) {
        return read(Path.of("/proc/net/tcp"), port).or(() -> read(Path.of("/proc/net/tcp6"), port));
    }

    private static Optional<Listener> read(Path table, int port) {
        try (BufferedReader lines = Files.newBufferedReader(table, StandardCharsets.US_ASCII)) {
            lines.readLine(); // the heading
            return parse(lines, port);
        } catch (IOException ignored) { // no such protocol, or no /proc
            return Optional.empty();
        }
    }

    /** {@code 0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 4711 …}. */
    static Optional<Listener> parse(BufferedReader lines, int port) throws IOException {
        String suffix = String.format(":%04X", port);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] words = line.strip().split(" +");
            if (words.length < 10 || !words[3].equals(LISTEN)) {
                return Optional.empty();
            }
            if (words[1].endsWith(suffix)) {
                return Optional.of(new Listener(Long.parseLong(words[9]), Integer.parseInt(words[7])));
            }
        }
        return Optional.empty();
    }

    /** {@code process 4711 (nginx)}; whose it is where that cannot be seen. */
    public static String holder(Listener listener) {
        return process(listener)
                .map(pid -> "process " + pid + " (" + name(pid) + ")")
                .orElse("a process of user " + listener.uid());
    }

    /** The first process found that has it open; looks at every process, so not for a loop's thread. */
    static Optional<Pid> process(Listener listener) {
        String link = "socket:[" + listener.inode() + "]";
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : processes) {
                if (holds(process.resolve("fd"), link)) {
                    return Optional.of(
                            new Pid(Integer.parseInt(process.getFileName().toString())));
                }
            }
        } catch (IOException ignored) { // no /proc
            return Optional.empty();
        }
        return Optional.empty();
    }

    private static boolean holds(Path descriptors, String link) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(descriptors)) {
            for (Path descriptor : open) {
                if (Files.readSymbolicLink(descriptor).toString().equals(link)) {
                    return true;
                }
            }
        } catch (IOException ignored) { // not ours to see, or gone meanwhile
            return false;
        }
        return false;
    }

    private static String name(Pid pid) {
        try {
            List<String> lines =
                    Files.readAllLines(Path.of("/proc", pid.toString(), "comm"), StandardCharsets.ISO_8859_1);
            return String.join(" ", lines);
        } catch (IOException ignored) { // gone meanwhile
            return "?";
        }
    }
}

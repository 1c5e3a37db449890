package dev.ostler.probe;

import dev.ostler.base.Pid;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.linux.SockDiag;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether one of some processes listens on a TCP port of the network they are in. Whose a socket is, is told by
 * /proc/PID/fd; where that may not be read, any socket that listens there counts. Probe threads.
 */
final class ListeningSocket {
    /** What is known of a process. */
    private enum Answer {
        HOLDS_ONE,
        HOLDS_NONE,
        MAY_NOT_BE_ASKED
    }

    private ListeningSocket() {}

    /** Empty when there is one, else why it does not count. */
    static Optional<String> find(int port, List<Pid> processes) {
        List<SockDiag.Listener> listeners = ask(port, processes);
        if (listeners.isEmpty()) {
            return Optional.of("nobody listens");
        }
        Set<String> links = listeners.stream()
                .map(listener -> "socket:[" + listener.inode() + "]")
                .collect(Collectors.toSet());
        boolean told = true;
        for (Pid process : processes) {
            Answer answer = answer(process, links);
            if (answer == Answer.HOLDS_ONE) {
                return Optional.empty();
            }
            told &= answer == Answer.HOLDS_NONE;
        }
        return told ? Optional.of("a process that is not of the service listens") : Optional.empty();
    }

    private static List<SockDiag.Listener> ask(int port, List<Pid> processes) {
        Optional<Pid> elsewhere = processes.stream().findFirst().filter(ListeningSocket::hasItsOwnNetwork);
        return elsewhere.isPresent()
                ? NamespaceVisit.inside(
                        elsewhere.get(), "net", LinuxConstants.CLONE_NEWNET, () -> SockDiag.listeningOn(port))
                : SockDiag.listeningOn(port);
    }

    private static boolean hasItsOwnNetwork(Pid process) {
        try {
            Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/net"));
            return !Files.readSymbolicLink(Path.of("/proc/" + process + "/ns/net"))
                    .equals(ours);
        } catch (IOException ignored) { // gone, or not to be asked: then its network cannot be entered either
            return false;
        }
    }

    private static Answer answer(Pid process, Set<String> links) {
        Path directory = Path.of("/proc/" + process + "/fd");
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(directory)) {
            for (Path descriptor : descriptors) {
                if (links.contains(target(descriptor))) {
                    return Answer.HOLDS_ONE;
                }
            }
            return Answer.HOLDS_NONE;
        } catch (IOException e) {
            return Files.exists(directory.getParent()) ? Answer.MAY_NOT_BE_ASKED : Answer.HOLDS_NONE;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException ignored) { // closed meanwhile
            return "";
        }
    }
}

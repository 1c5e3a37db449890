package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Session;
import dev.ostler.output.Logs;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The {@code logs} command: the last lines of each service, then new ones for as long as the client stays. Loop thread. */
final class LogStreams {
    private final Logs logs;
    private final Consumer<Runnable> loop;

    /** @param loop runs what it is given on the loop thread; called by the log thread */
    LogStreams(Logs logs, Consumer<Runnable> loop) {
        this.logs = logs;
        this.loop = loop;
    }

    void send(List<ServiceName> names, RemoteCommand.Logs command, Session session) {
        send(names, 0, command, session);
    }

    private void send(List<ServiceName> names, int index, RemoteCommand.Logs command, Session session) {
        if (index == names.size()) {
            if (!command.follow()) {
                session.exit(0);
            }
            return;
        }
        ServiceName name = names.get(index);
        String prefix = names.size() > 1 ? name + " | " : "";
        Optional<Consumer<String>> follower =
                command.follow() ? Optional.of(follower(prefix, session)) : Optional.empty();
        logs.tail(
                name,
                command.lines().orElse(Integer.MAX_VALUE),
                lines -> {
                    StringBuilder text = new StringBuilder();
                    lines.forEach(line -> text.append(prefix).append(line).append('\n'));
                    sendInPieces(text, session);
                    send(names, index + 1, command, session);
                },
                follower);
        follower.ifPresent(own -> session.onClose(() -> logs.unfollow(name, own)));
    }

    private Consumer<String> follower(String prefix, Session session) {
        return line -> loop.accept(() -> session.out(prefix + line + "\n"));
    }

    private static void sendInPieces(StringBuilder text, Session session) {
        int piece = 16 * 1024;
        for (int from = 0; from < text.length(); from += piece) {
            session.out(text.substring(from, Math.min(text.length(), from + piece)));
        }
    }
}

package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Session;
import dev.ostler.output.LogReading;
import dev.ostler.output.Logs;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One {@code logs} command: what each service has written, one after the other, then what they write from now on, for as long
 * as the client stays. The client sets the pace: the next piece is read when it has taken the last. Loop thread only.
 */
final class LogStream {
    /** Of a frame; the client prints frame by frame. */
    private static final int FRAME_CHARS = 16 * 1024;

    private final List<Source> sources = new ArrayList<>();
    private final Deque<Source> more = new ArrayDeque<>();
    private final boolean follow;
    private final Session session;
    private boolean busy;

    private record Source(LogReading reading, String prefix) {}

    LogStream(Logs logs, List<ServiceName> names, RemoteCommand.Logs command, Session session) {
        this.session = session;
        this.follow = command.follow();
        for (ServiceName name : names) {
            sources.add(new Source(logs.read(name, command.lines().orElse(Integer.MAX_VALUE)), prefix(name, names)));
        }
        session.onClose(() -> sources.forEach(source -> source.reading().close()));
    }

    /** What stands in front of each line of a service: its name, unless it is the only one. */
    static String prefix(ServiceName name, List<ServiceName> all) {
        int width = all.stream().mapToInt(each -> each.value().length()).max().orElse(0);
        return all.size() > 1 ? name + " ".repeat(width - name.value().length()) + " | " : "";
    }

    void begin() {
        backlog(0);
    }

    /** The project is down: what is there still comes, then the end. */
    void finish() {
        // All are asked at once, before the log thread ends; their answers come in this order.
        for (int i = 0; i < sources.size(); i++) {
            Source source = sources.get(i);
            boolean last = i == sources.size() - 1;
            source.reading().rest(pieces -> {
                pieces.forEach(text -> print(source, text));
                if (last) {
                    session.exit(0);
                }
            });
        }
    }

    private void backlog(int index) {
        if (index < sources.size()) {
            Source source = sources.get(index);
            source.reading().next(piece -> {
                piece.ifPresent(text -> print(source, text));
                session.whenDrained(() -> backlog(piece.isPresent() ? index : index + 1));
            });
        } else if (follow) {
            sources.forEach(this::waitForMore);
        } else {
            session.exit(0);
        }
    }

    private void waitForMore(Source source) {
        source.reading().whenMore(() -> {
            more.add(source);
            if (!busy) {
                turn();
            }
        });
    }

    /** One piece of one service at a time. */
    private void turn() {
        Source source = more.poll();
        busy = source != null && session.isOpen();
        if (busy) {
            source.reading().next(piece -> {
                piece.ifPresent(text -> print(source, text));
                session.whenDrained(() -> {
                    waitForMore(source);
                    turn();
                });
            });
        }
    }

    private void print(Source source, String text) {
        StringBuilder frame = new StringBuilder();
        text.lines().forEach(line -> {
            frame.append(source.prefix()).append(line).append('\n');
            if (frame.length() >= FRAME_CHARS) {
                session.out(frame.toString());
                frame.setLength(0);
            }
        });
        if (!frame.isEmpty()) {
            session.out(frame.toString());
        }
    }
}

package dev.ostler.control;

import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.UnixSocket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts clients on the control socket, which the keeper has bound, and hands on what they may ask. Loop thread only. */
public final class ControlServer {
    /** A client that floods the socket shall not use up the descriptors of the supervisor. */
    private static final int MAX_SESSIONS = 128;

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private final EventLoop loop;
    private final UnixSocket listener;
    private final AccessPolicy policy;
    private final BiConsumer<ControlRequest, Session> handler;
    private final Set<Session> sessions = new HashSet<>();

    public ControlServer(
            EventLoop loop, UnixSocket listener, AccessPolicy policy, BiConsumer<ControlRequest, Session> handler) {
        this.loop = loop;
        this.listener = listener;
        this.policy = policy;
        this.handler = handler;
        loop.register(Priority.IO, listener.fd(), LinuxConstants.EPOLLIN, (events, now) -> acceptAll());
    }

    private void acceptAll() {
        try {
            Optional<UnixSocket> socket;
            while ((socket = listener.accept()).isPresent()) {
                accept(socket.get());
            }
        } catch (KernelException e) {
            LOG.warn("event=accept-failed reason=\"{}\"", e.getMessage());
        }
    }

    private void accept(UnixSocket socket) {
        if (sessions.size() >= MAX_SESSIONS) {
            socket.close();
            return;
        }
        Session session = new Session(socket, loop, handler);
        sessions.add(session);
        session.onClose(() -> sessions.remove(session));
        policy.refusal(session.peer()).ifPresent(why -> {
            session.err("ostler: " + why + "\n");
            session.exit(1);
        });
    }
}

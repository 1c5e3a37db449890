package dev.ostler.control;

import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.UnixSocket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
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

    /** Taken in one turn of the loop; more wait for the next. */
    private static final int MAX_ACCEPTS = 64;

    /** When there are no descriptors left, those who wait stay waiting: not looked at again before this. */
    private static final long PAUSE_NANOS = 500_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private final EventLoop loop;
    private final UnixSocket listener;
    private final AccessPolicy policy;
    private final BiConsumer<ControlRequest, Session> handler;
    private final Set<Session> sessions = new HashSet<>();
    private final Registration registration;

    public ControlServer(
            EventLoop loop, UnixSocket listener, AccessPolicy policy, BiConsumer<ControlRequest, Session> handler) {
        this.loop = loop;
        this.listener = listener;
        this.policy = policy;
        this.handler = handler;
        registration =
                loop.register(Priority.IO, listener.fd(), LinuxConstants.EPOLLIN, (events, now) -> acceptAll(now));
    }

    private void acceptAll(long nowNanos) {
        try {
            for (int i = 0; i < MAX_ACCEPTS; i++) {
                Optional<UnixSocket> socket = listener.accept();
                if (socket.isEmpty()) {
                    return;
                }
                accept(socket.get());
            }
        } catch (KernelException e) {
            LOG.warn("event=accept-failed reason=\"{}\"", e.getMessage());
            registration.setEvents(0);
            loop.timers().schedule(nowNanos + PAUSE_NANOS, () -> registration.setEvents(LinuxConstants.EPOLLIN));
        }
    }

    private void accept(UnixSocket socket) {
        if (sessions.size() >= MAX_SESSIONS) {
            socket.close();
            return;
        }
        try {
            open(socket, policy.refusal(socket.peer()));
        } catch (RuntimeException e) { // whoever cannot be judged is not served
            socket.close();
            LOG.warn("event=client-refused reason=\"{}\"", e.getMessage());
        }
    }

    private void open(UnixSocket socket, Optional<String> refusal) {
        Session session = new Session(socket, loop, handler);
        sessions.add(session);
        session.onClose(() -> sessions.remove(session));
        refusal.ifPresent(why -> {
            session.err("ostler: " + why + "\n");
            session.exit(1);
        });
    }
}

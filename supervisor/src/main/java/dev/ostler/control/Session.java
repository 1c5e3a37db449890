package dev.ostler.control;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.linux.PeerCredentials;
import dev.ostler.linux.UnixSocket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client: a request, then a reply in frames. A client that does not read is disconnected when too much waits for it.
 * Loop thread only.
 */
public final class Session implements AutoCloseable {
    /** Bytes that may wait for a client. */
    static final int MAX_WAITING_BYTES = 1 << 20;

    private static final int CHUNK_BYTES = 16 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Session.class);

    private final UnixSocket socket;
    private final PeerCredentials peer;
    private final BiConsumer<ControlRequest, Session> handler;
    private final Registration registration;
    private final NativeBuffer chunk = NativeBuffer.allocate(CHUNK_BYTES);
    private final Deque<Outgoing> waiting = new ArrayDeque<>();
    private final List<Runnable> onClose = new ArrayList<>();
    private Optional<Runnable> onDrained = Optional.empty();
    private Optional<byte[]> received = Optional.of(new byte[0]);
    private int waitingBytes;
    private int sentOfFirst;
    private boolean ending;

    /** @param descriptor goes with its first byte; closed here */
    private record Outgoing(byte[] frame, Optional<Fd> descriptor) {}

    Session(UnixSocket socket, EventLoop loop, BiConsumer<ControlRequest, Session> handler) {
        this.socket = socket;
        this.peer = socket.peer();
        this.handler = handler;
        this.registration = loop.register(Priority.IO, socket.fd(), LinuxConstants.EPOLLIN, this::ready);
    }

    /** Who asks, at the time of the connection. */
    public PeerCredentials peer() {
        return peer;
    }

    /** Whether the client is still there. */
    public boolean isOpen() {
        return registration.isOpen();
    }

    /** Runs once when the client goes away, or is sent away. */
    public void onClose(Runnable action) {
        onClose.add(action);
    }

    /** Runs once, when the client has taken all that was sent so far; at once when it has. One such action at a time. */
    public void whenDrained(Runnable action) {
        if (waiting.isEmpty()) {
            action.run();
        } else {
            onDrained = Optional.of(action);
        }
    }

    public void out(String text) {
        send(Reply.stdout(text));
    }

    public void err(String text) {
        send(Reply.stderr(text));
    }

    /** Ends the reply; the connection closes when the client has all of it. */
    public void exit(int code) {
        send(Reply.exit(code));
        ending = true;
        flush();
    }

    /**
     * Ends the reply: the client goes on by itself.
     *
     * @param frame that of {@link Reply#page}
     * @param page goes with it; owned from here on
     */
    public void handOver(byte[] frame, Fd page) {
        send(new Outgoing(frame, Optional.of(page)));
        ending = true;
        flush();
    }

    private void send(byte[] frame) {
        send(new Outgoing(frame, Optional.empty()));
    }

    private void send(Outgoing outgoing) {
        if (!isOpen() || ending) {
            outgoing.descriptor().ifPresent(Fd::close);
            return;
        }
        waiting.add(outgoing);
        waitingBytes += outgoing.frame().length;
        if (waitingBytes > MAX_WAITING_BYTES) {
            close();
            return;
        }
        flush();
    }

    private void ready(int events, long nowNanos) {
        try {
            if ((events & (LinuxConstants.EPOLLIN | LinuxConstants.EPOLLHUP | LinuxConstants.EPOLLERR)) != 0) {
                receive();
            }
            if (isOpen()) {
                flush();
            }
        } catch (KernelException ignored) { // the client has gone in the middle of it
            close();
        } catch (IllegalArgumentException e) {
            err("ostler: " + e.getMessage() + "\n");
            exit(2);
        }
    }

    private void receive() {
        int got = socket.read(chunk, 0, CHUNK_BYTES);
        if (got == Descriptors.WOULD_BLOCK) {
            return;
        }
        if (got == 0) {
            close();
            return;
        }
        if (received.isEmpty() || ending) {
            return; // whatever follows a request means nothing
        }
        byte[] before = received.get();
        byte[] all = Arrays.copyOf(before, before.length + got);
        chunk.bytes().get(0, all, before.length, got);
        Optional<ControlRequest> request = ControlRequest.decode(all, all.length);
        received = request.isPresent() ? Optional.empty() : Optional.of(all);
        request.ifPresent(this::handle);
    }

    /** A client always gets an answer, if only that there is none. */
    private void handle(ControlRequest request) {
        try {
            handler.accept(request, this);
        } catch (RuntimeException e) {
            LOG.error("event=request-failed request=\"{}\"", request.argv(), e);
            err("ostler: the supervisor failed: " + e.getMessage() + "\n");
            exit(1);
        }
    }

    private void flush() {
        try {
            while (isOpen() && !waiting.isEmpty() && writeSome()) {
                // goes on until the client does not take more
            }
        } catch (KernelException ignored) { // the client has gone
            close();
            return;
        }
        if (isOpen() && waiting.isEmpty() && ending) {
            close();
        } else if (isOpen()) {
            registration.setEvents(LinuxConstants.EPOLLIN | (waiting.isEmpty() ? 0 : LinuxConstants.EPOLLOUT));
            tellDrained();
        }
    }

    private void tellDrained() {
        if (waiting.isEmpty() && onDrained.isPresent()) {
            Runnable action = onDrained.get();
            onDrained = Optional.empty();
            action.run();
        }
    }

    private boolean writeSome() {
        byte[] first = waiting.element().frame();
        Optional<Fd> descriptor = waiting.element().descriptor().filter(fd -> sentOfFirst == 0);
        int length = Math.min(CHUNK_BYTES, first.length - sentOfFirst);
        chunk.bytes().put(0, first, sentOfFirst, length);
        int written = descriptor.isPresent()
                ? socket.write(chunk, 0, length, descriptor.get())
                : socket.write(chunk, 0, length);
        if (written == Descriptors.WOULD_BLOCK) {
            return false;
        }
        sentOfFirst += written;
        waitingBytes -= written;
        if (sentOfFirst == first.length) {
            waiting.remove().descriptor().ifPresent(Fd::close);
            sentOfFirst = 0;
        }
        return true;
    }

    @Override
    public void close() {
        if (isOpen()) {
            registration.close();
            socket.close();
            waiting.forEach(outgoing -> outgoing.descriptor().ifPresent(Fd::close));
            List.copyOf(onClose).forEach(Runnable::run);
        }
    }
}

package dev.ostler.keeper;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.Packet;
import dev.ostler.linux.SeqPacket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the keeper: requests go out in order and own their descriptors from then on, events come in order.
 * Never blocks: what the socket does not take now waits here. Loop thread only.
 */
public final class KeeperClient implements AutoCloseable {
    private static final int SEND_BUFFER_BYTES = 4 << 20;

    /** Sent at once when gathered; a packet takes as much again. */
    private static final int MAX_GATHERED_BYTES = KeeperCodec.MAX_PACKET_BYTES / 2;

    private static final Logger LOG = LoggerFactory.getLogger(KeeperClient.class);

    private final SeqPacket socket;
    private final Registration registration;
    private final Consumer<Delivery> listener;
    private final Runnable onLost;
    private final Deque<Outgoing> queue = new ArrayDeque<>();
    private final Map<Integer, Consumer<Optional<Errno>>> replies = new HashMap<>();
    private final ByteBuffer incoming = ByteBuffer.allocate(KeeperCodec.MAX_PACKET_BYTES);
    private Optional<List<Outgoing>> bundle = Optional.empty();
    private List<Outgoing> gathered = new ArrayList<>();
    private int gatheredBytes;
    private int lastSeq;

    private record Outgoing(ByteBuffer bytes, List<Fd> descriptors) {
        static Outgoing of(List<Outgoing> parts) {
            if (parts.size() == 1) {
                return parts.get(0);
            }
            int length = 0;
            for (Outgoing part : parts) {
                length += part.bytes.remaining();
            }
            ByteBuffer bytes = ByteBuffer.allocate(length);
            List<Fd> descriptors = new ArrayList<>();
            for (Outgoing part : parts) {
                bytes.put(part.bytes);
                descriptors.addAll(part.descriptors);
            }
            return new Outgoing(bytes.flip(), descriptors);
        }
    }

    /** An event and the descriptors that came with it; they belong to the receiver. */
    public record Delivery(KeeperEvent event, List<Fd> descriptors) {}

    /**
     * @param socket connected with the keeper
     * @param listener gets every event but replies
     * @param onLost the keeper is gone, or something it has told
     */
    public KeeperClient(SeqPacket socket, EventLoop loop, Consumer<Delivery> listener, Runnable onLost) {
        this.socket = socket;
        this.listener = listener;
        this.onLost = onLost;
        socket.setSendBuffer(SEND_BUFFER_BYTES);
        registration = loop.register(Priority.EXITS, socket.fd(), LinuxConstants.EPOLLIN, this::ready);
        loop.beforeWaiting(this::sendGathered);
    }

    /** Sends a request whose refusal would be a programming error. */
    public void send(KeeperRequest request, List<Fd> descriptors) {
        send(
                request,
                descriptors,
                refusal -> refusal.ifPresent(errno -> {
                    throw new KernelException("keeper", request.toString(), errno);
                }));
    }

    /**
     * Sends a request. One that only lets the keeper forget something goes out with the next other one, or when the turn of the
     * loop is over.
     *
     * @param descriptors closed here once they are sent
     * @param onReply called with the errno when the keeper refused
     */
    public void send(KeeperRequest request, List<Fd> descriptors, Consumer<Optional<Errno>> onReply) {
        int seq = ++lastSeq;
        replies.put(seq, onReply);
        Outgoing outgoing = new Outgoing(KeeperCodec.encode(seq, request), descriptors);
        if (bundle.isPresent()) {
            bundle.get().add(outgoing);
        } else if (request instanceof KeeperRequest.Ack || request instanceof KeeperRequest.Drop) {
            gather(outgoing);
        } else {
            sendWithGathered(List.of(outgoing));
        }
    }

    private void gather(Outgoing outgoing) {
        gathered.add(outgoing);
        gatheredBytes += outgoing.bytes.remaining();
        if (gatheredBytes >= MAX_GATHERED_BYTES) {
            sendGathered();
        }
    }

    private void sendGathered() {
        if (!gathered.isEmpty()) {
            sendWithGathered(List.of());
        }
    }

    private void sendWithGathered(List<Outgoing> more) {
        List<Outgoing> parts = gathered;
        parts.addAll(more);
        gathered = new ArrayList<>();
        gatheredBytes = 0;
        int first = 0;
        int bytes = 0;
        for (int i = 0; i < parts.size(); i++) {
            int length = parts.get(i).bytes.remaining();
            if (bytes + length > KeeperCodec.MAX_PACKET_BYTES) {
                queue.add(Outgoing.of(parts.subList(first, i)));
                first = i;
                bytes = 0;
            }
            bytes += length;
        }
        queue.add(Outgoing.of(parts.subList(first, parts.size())));
        flush();
    }

    /**
     * Sends what {@code requests} sends as one packet, or as several when it is too much for one: the keeper wakes up once, and a
     * supervisor that dies has asked for all of a packet or for nothing. Few of them may have descriptors; SPAWN comes last, as a
     * refused one takes the descriptors behind it along.
     */
    public void together(Runnable requests) {
        if (bundle.isPresent()) { // part of a larger packet
            requests.run();
            return;
        }
        List<Outgoing> parts = new ArrayList<>();
        bundle = Optional.of(parts);
        try {
            requests.run();
        } finally {
            bundle = Optional.empty();
            if (!parts.isEmpty()) {
                sendWithGathered(parts);
            }
        }
    }

    /** Packets that the socket has not taken yet. */
    public int waiting() {
        return queue.size();
    }

    private void flush() {
        while (!queue.isEmpty()) {
            Outgoing next = queue.peek();
            if (!socket.send(next.bytes(), next.descriptors())) {
                registration.setEvents(LinuxConstants.EPOLLIN | LinuxConstants.EPOLLOUT);
                return;
            }
            next.descriptors().forEach(Fd::close);
            queue.remove();
        }
        if (registration.events() != LinuxConstants.EPOLLIN) {
            registration.setEvents(LinuxConstants.EPOLLIN);
        }
    }

    private void ready(int events, long nowNanos) {
        flush();
        while (registration.isOpen()) {
            incoming.clear();
            Optional<Packet> packet = socket.receive(incoming);
            if (packet.isEmpty()) {
                return;
            }
            if (packet.get().isEndOfFile()) {
                registration.close();
                onLost.run();
                return;
            }
            deliver(packet.get());
        }
    }

    private void deliver(Packet packet) {
        if (packet.truncated()) {
            // No descriptors left. What it said is lost here, but not to the keeper, which tells the next supervisor.
            packet.closeDescriptors();
            LOG.error("event=keeper-lost reason=\"a packet was truncated\"");
            registration.close();
            onLost.run();
            return;
        }
        Deque<Fd> descriptors = new ArrayDeque<>(packet.descriptors());
        for (KeeperEvent event : KeeperCodec.decode(incoming.flip())) {
            List<Fd> own = take(descriptors, descriptorsOf(event));
            try {
                deliver(event, own);
            } catch (RuntimeException e) { // the others of the packet come only once
                LOG.error("event=keeper-event-failed object=\"{}\"", event, e);
            }
        }
        descriptors.forEach(Fd::close);
    }

    private void deliver(KeeperEvent event, List<Fd> descriptors) {
        if (event instanceof KeeperEvent.Ok ok) {
            reply(ok.seq(), Optional.empty());
        } else if (event instanceof KeeperEvent.Refused refused) {
            reply(refused.seq(), Optional.of(new Errno(refused.errno())));
        } else {
            listener.accept(new Delivery(event, descriptors));
        }
    }

    private static int descriptorsOf(KeeperEvent event) {
        if (event instanceof KeeperEvent.Spawned spawned) {
            return spawned.guarded() ? 2 : 1;
        }
        if (event instanceof KeeperEvent.Followed followed) {
            return followed.errno() == 0 ? 1 : 0;
        }
        return event instanceof KeeperEvent.Stored ? 1 : 0;
    }

    private static List<Fd> take(Deque<Fd> descriptors, int count) {
        Fd[] taken = new Fd[count];
        for (int i = 0; i < count; i++) {
            taken[i] = descriptors.remove();
        }
        return List.of(taken);
    }

    private void reply(int seq, Optional<Errno> refusal) {
        Consumer<Optional<Errno>> onReply = replies.remove(seq);
        if (onReply == null) {
            throw new IllegalStateException("reply of the keeper to unknown request " + seq);
        }
        onReply.accept(refusal);
    }

    /** Ends keeper and supervisor: the keeper with this code, this process as soon as the keeper has agreed. */
    public void exit(int code) {
        send(
                new KeeperRequest.Exit(code),
                List.of(),
                refusal -> Runtime.getRuntime().halt(0));
    }

    @Override
    public void close() {
        registration.close();
        socket.close();
    }
}

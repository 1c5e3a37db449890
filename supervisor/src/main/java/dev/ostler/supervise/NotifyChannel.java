package dev.ostler.supervise;

import dev.ostler.linux.Datagram;
import dev.ostler.linux.Datagrams;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.Packet;
import dev.ostler.linux.SeqPacket;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The socket of sd_notify(3) of one run. The launch makes it and sends it on a channel, so first there is the channel; the
 * keeper holds whichever of the two it is now. Messages are taken only when they have been dealt with. Loop thread only.
 */
final class NotifyChannel implements RunChannel {
    private final EventLoop loop;
    private final Datagrams datagrams;
    private final Consumer<Fd> keep;
    private final Consumer<Datagram> handler;
    private Fd fd;
    private boolean hasSocket;
    private Registration registration;
    private boolean open = true;

    /**
     * @param fd the channel, or the socket itself; owned from here on
     * @param keep has the keeper hold the socket in place of the channel
     * @param handler deals with one message, whose descriptors are closed afterwards
     */
    NotifyChannel(Fd fd, EventLoop loop, Datagrams datagrams, Consumer<Fd> keep, Consumer<Datagram> handler) {
        this.fd = fd;
        this.loop = loop;
        this.datagrams = datagrams;
        this.keep = keep;
        this.handler = handler;
        hasSocket = Datagrams.socketType(fd) == LinuxConstants.SOCK_DGRAM;
        registration = watch();
    }

    private Registration watch() {
        return loop.register(Priority.IO, fd, LinuxConstants.EPOLLIN, (events, now) -> drain());
    }

    @Override
    public void drain() {
        if (open && !hasSocket) {
            receiveSocket();
        }
        int count;
        do {
            count = open && hasSocket ? drainBatch() : 0;
        } while (count == Datagrams.BATCH);
    }

    /** Looked at and not taken: whoever is killed before the keeper has the socket leaves it to the next one. */
    private void receiveSocket() {
        Optional<Packet> packet;
        try (SeqPacket channel = SeqPacket.adopt(fd.dup(), 1)) {
            packet = channel.peek(ByteBuffer.allocate(1));
        }
        if (packet.isEmpty()) {
            return;
        }
        List<Fd> sockets = packet.get().descriptors();
        if (sockets.size() != 1) {
            packet.get().closeDescriptors();
            close(); // the launch has ended before it sent one
            return;
        }
        keep.accept(sockets.get(0).dup());
        registration.close();
        fd.close();
        fd = sockets.get(0);
        hasSocket = true;
        registration = watch();
    }

    private int drainBatch() {
        List<Datagram> messages = datagrams.look(fd);
        try {
            messages.forEach(handler);
            if (open) {
                datagrams.take(
                        fd, messages.size()); // while these copies are open, so that it does not close the last ones
            }
        } finally {
            messages.forEach(Datagram::close);
        }
        return messages.size();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            registration.close();
            fd.close();
        }
    }
}

package dev.ostler.linux;

import java.util.List;
import java.util.Optional;

/**
 * One message that waits in a socket. Its descriptors, and the process, belong to whoever looked.
 *
 * @param sender who the kernel says has sent it; empty where the socket was not asked to tell (SO_PASSCRED)
 * @param process the same as a pidfd (SO_PASSPIDFD, Linux 6.5)
 * @param truncated something did not fit: payload or descriptors (MSG_TRUNC, MSG_CTRUNC); what is here is incomplete
 */
public record Datagram(
        byte[] bytes,
        Optional<PeerCredentials> sender,
        Optional<PidFd> process,
        List<Fd> descriptors,
        boolean truncated)
        implements AutoCloseable {
    public Datagram {
        bytes = bytes.clone();
        descriptors = List.copyOf(descriptors);
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    /** The process and every descriptor. Harmless when repeated. */
    @Override
    public void close() {
        process.ifPresent(PidFd::close);
        descriptors.forEach(LateClose::close);
    }
}

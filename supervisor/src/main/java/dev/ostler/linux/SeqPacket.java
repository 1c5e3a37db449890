package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.MSG_CMSG_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.MSG_CTRUNC;
import static dev.ostler.linux.LinuxConstants.MSG_DONTWAIT;
import static dev.ostler.linux.LinuxConstants.MSG_NOSIGNAL;
import static dev.ostler.linux.LinuxConstants.MSG_PEEK;
import static dev.ostler.linux.LinuxConstants.MSG_TRUNC;
import static dev.ostler.linux.LinuxConstants.SCM_RIGHTS;
import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.SOCK_SEQPACKET;
import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One end of a SOCK_SEQPACKET connection that carries packets with descriptors, unix(7). Never blocks. Owned by one thread,
 * which alone calls it.
 */
public final class SeqPacket implements AutoCloseable {
    /** SCM_MAX_FD: a packet with more is refused by the kernel (EINVAL). */
    public static final int MAX_DESCRIPTORS = 253;

    private static final Set<Errno> TRY_AGAIN = Set.of(Errno.ETOOMANYREFS, Errno.ENOBUFS, Errno.ENOMEM);
    private static final int MSGHDR_BYTES = 56;
    private static final int IOVEC_BYTES = 16;
    private static final int CMSGHDR_BYTES = 16;
    private static final int CONTROL_BYTES = cmsgSpace(MAX_DESCRIPTORS);

    private final Fd fd;
    private final NativeBuffer header = NativeBuffer.allocate(MSGHDR_BYTES);
    private final NativeBuffer vector = NativeBuffer.allocate(IOVEC_BYTES);
    private final NativeBuffer control = NativeBuffer.allocate(CONTROL_BYTES);
    private final NativeBuffer payload;
    private final int controlRoom;

    private SeqPacket(Fd fd, int maxBytes, int maxDescriptors) {
        this.fd = fd;
        this.payload = NativeBuffer.allocate(maxBytes);
        this.controlRoom = maxDescriptors == 0 ? 0 : cmsgSpace(maxDescriptors);
        vector.bytes().putLong(0, payload.address());
        header.bytes().putLong(16, vector.address());
        header.bytes().putLong(24, 1);
    }

    private static int cmsgSpace(int descriptors) {
        return CMSGHDR_BYTES + (descriptors * 4 + 7 & ~7);
    }

    /** Takes over a connected socket. @param maxBytes the longest packet in both directions */
    public static SeqPacket adopt(Fd fd, int maxBytes) {
        return adopt(fd, maxBytes, MAX_DESCRIPTORS);
    }

    /** As {@link #adopt(Fd, int)} with less room for descriptors: a packet with more is truncated. */
    static SeqPacket adopt(Fd fd, int maxBytes, int maxDescriptors) {
        return new SeqPacket(fd, maxBytes, maxDescriptors);
    }

    /** Two sockets connected with each other, non-blocking. */
    public static List<Fd> socketPair() {
        return UnixSocket.pair(SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK);
    }

    /**
     * Sends the remaining bytes as one packet; the descriptors are duplicated into it and stay the caller's. False when it has
     * to be tried again: the socket buffer is full (EAGAIN), the kernel has no memory for it (ENOBUFS, ENOMEM), or too many
     * descriptors of this user are under way (ETOOMANYREFS). EPIPE when the other end is closed.
     */
    public boolean send(ByteBuffer bytes, List<Fd> descriptors) {
        int length = bytes.remaining();
        if (length == 0 || length > payload.capacity() || descriptors.size() > MAX_DESCRIPTORS) {
            throw new IllegalArgumentException(
                    "packet of " + length + " bytes with " + descriptors.size() + " descriptors");
        }
        payload.bytes().put(0, bytes, bytes.position(), length);
        vector.bytes().putLong(8, length);
        prepareControl(writeControl(descriptors));
        while (true) {
            long result = C.sendmsg(fd.number(), header.pointer(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (result >= 0) {
                return true;
            }
            Errno errno = lastError();
            if (TRY_AGAIN.contains(errno) || Descriptors.isWouldBlock(errno, "sendmsg", fd)) {
                return false;
            }
        }
    }

    private int writeControl(List<Fd> descriptors) {
        if (descriptors.isEmpty()) {
            return 0;
        }
        ByteBuffer out = control.bytes();
        out.putLong(0, CMSGHDR_BYTES + descriptors.size() * 4L);
        out.putInt(8, SOL_SOCKET);
        out.putInt(12, SCM_RIGHTS);
        for (int i = 0; i < descriptors.size(); i++) {
            out.putInt(CMSGHDR_BYTES + i * 4, descriptors.get(i).number());
        }
        return cmsgSpace(descriptors.size());
    }

    private void prepareControl(int length) {
        header.bytes().putLong(32, length == 0 ? 0 : control.address());
        header.bytes().putLong(40, length);
        header.bytes().putInt(48, 0);
    }

    /** As {@link #receive}, and the packet stays where it is: whoever asks next gets it again, and its descriptors too. */
    public Optional<Packet> peek(ByteBuffer target) {
        return receive(target, MSG_PEEK);
    }

    /**
     * Receives one packet into {@code target} from its position on, and moves the position. Empty when there is none
     * (EAGAIN). A reset connection (ECONNRESET) reads as its end.
     */
    public Optional<Packet> receive(ByteBuffer target) {
        return receive(target, 0);
    }

    private Optional<Packet> receive(ByteBuffer target, int flags) {
        vector.bytes().putLong(8, Math.min(target.remaining(), payload.capacity()));
        prepareControl(controlRoom);
        long length;
        while ((length = C.recvmsg(fd.number(), header.pointer(), MSG_DONTWAIT | MSG_CMSG_CLOEXEC | flags)) < 0) {
            Errno errno = lastError();
            if (errno.equals(Errno.ECONNRESET)) {
                return Optional.of(new Packet(0, List.of(), false));
            }
            if (Descriptors.isWouldBlock(errno, "recvmsg", fd)) {
                return Optional.empty();
            }
        }
        boolean truncated = (header.bytes().getInt(48) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
        List<Fd> descriptors = readControl((int) header.bytes().getLong(40));
        target.put(target.position(), payload.bytes(), 0, (int) length);
        target.position(target.position() + (int) length);
        return Optional.of(new Packet((int) length, descriptors, truncated));
    }

    private List<Fd> readControl(int end) {
        if (end < CMSGHDR_BYTES) {
            return List.of();
        }
        ByteBuffer in = control.bytes();
        List<Fd> descriptors = new ArrayList<>();
        int offset = 0;
        while (offset + CMSGHDR_BYTES <= end) {
            int length = (int) in.getLong(offset);
            if (length < CMSGHDR_BYTES) {
                break;
            }
            if (in.getInt(offset + 8) == SOL_SOCKET && in.getInt(offset + 12) == SCM_RIGHTS) {
                for (int at = offset + CMSGHDR_BYTES; at + 4 <= Math.min(offset + length, end); at += 4) {
                    descriptors.add(Fd.adopt(in.getInt(at)));
                }
            }
            offset += length + 7 & ~7;
        }
        return descriptors;
    }

    /** Sets SO_SNDBUF in bytes; the kernel doubles it and caps it at wmem_max. */
    public void setSendBuffer(int bytes) {
        NativeBuffer value = NativeBuffer.allocate(4);
        value.bytes().putInt(0, bytes);
        check(
                C.setsockopt(fd.number(), SOL_SOCKET, LinuxConstants.SO_SNDBUF, value.pointer(), 4),
                "setsockopt(SO_SNDBUF)",
                fd);
    }

    /** To be watched; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}

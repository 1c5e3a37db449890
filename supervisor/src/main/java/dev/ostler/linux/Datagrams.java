package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.MSG_CMSG_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.MSG_CTRUNC;
import static dev.ostler.linux.LinuxConstants.MSG_DONTWAIT;
import static dev.ostler.linux.LinuxConstants.MSG_PEEK;
import static dev.ostler.linux.LinuxConstants.MSG_TRUNC;
import static dev.ostler.linux.LinuxConstants.SCM_CREDENTIALS;
import static dev.ostler.linux.LinuxConstants.SCM_PIDFD;
import static dev.ostler.linux.LinuxConstants.SCM_RIGHTS;
import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.LinuxConstants.SO_PEEK_OFF;
import static dev.ostler.linux.LinuxConstants.SO_TYPE;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import dev.ostler.base.Pid;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages of SOCK_DGRAM sockets of AF_UNIX, several with one call, recvmmsg(2), unix(7). They are looked at first and taken
 * when they have been dealt with: whoever is killed in between has lost none. One object serves any number of sockets, and
 * one thread.
 */
public final class Datagrams {
    /** Messages of one look. */
    public static final int BATCH = 16;

    /** A longer one is cut; PIPE_BUF, as systemd has it. */
    public static final int MAX_BYTES = 4096;

    private static final int MSGHDR_BYTES = 56;
    /** struct mmsghdr: a msghdr, the length, padding. */
    private static final int MMSGHDR_BYTES = 64;

    private static final int IOVEC_BYTES = 16;
    private static final int CMSGHDR_BYTES = 16;
    private static final int UCRED_BYTES = 12;
    /** SCM_CREDENTIALS, SCM_PIDFD, and SCM_RIGHTS of as many descriptors as there can be. */
    private static final int CONTROL_BYTES =
            cmsgSpace(UCRED_BYTES) + cmsgSpace(4) + cmsgSpace(SeqPacket.MAX_DESCRIPTORS * 4);

    private final NativeBuffer headers = NativeBuffer.allocate(BATCH * MMSGHDR_BYTES);
    private final NativeBuffer vectors = NativeBuffer.allocate(BATCH * IOVEC_BYTES);
    private final NativeBuffer control = NativeBuffer.allocate(BATCH * CONTROL_BYTES);
    private final NativeBuffer payload = NativeBuffer.allocate(BATCH * MAX_BYTES);
    private final NativeBuffer start = NativeBuffer.allocate(4);

    public Datagrams() {
        for (int i = 0; i < BATCH; i++) {
            vectors.bytes().putLong(i * IOVEC_BYTES, payload.address() + (long) i * MAX_BYTES);
            vectors.bytes().putLong(i * IOVEC_BYTES + 8, MAX_BYTES);
            headers.bytes().putLong(i * MMSGHDR_BYTES + 16, vectors.address() + (long) i * IOVEC_BYTES);
            headers.bytes().putLong(i * MMSGHDR_BYTES + 24, 1);
        }
    }

    private static int cmsgSpace(int bytes) {
        return CMSGHDR_BYTES + (bytes + 7 & ~7);
    }

    /** SOCK_DGRAM, SOCK_SEQPACKET, …, socket(7). */
    public static int socketType(Fd socket) {
        NativeBuffer value = NativeBuffer.allocate(4);
        NativeBuffer length = NativeBuffer.allocate(4);
        length.bytes().putInt(0, 4);
        check(
                C.getsockopt(socket.number(), SOL_SOCKET, SO_TYPE, value.pointer(), length.pointer()),
                "getsockopt(SO_TYPE)",
                socket);
        return value.bytes().getInt(0);
    }

    /** The first messages that wait, at most {@link #BATCH}; none when there are none. They go on waiting. */
    public List<Datagram> look(Fd socket) {
        // From the first one on, wherever an earlier look has ended: each message moves the offset (SO_PEEK_OFF,
        // socket(7)).
        check(
                C.setsockopt(socket.number(), SOL_SOCKET, SO_PEEK_OFF, start.pointer(), 4),
                "setsockopt(SO_PEEK_OFF)",
                socket);
        int count = receive(socket, BATCH, CONTROL_BYTES, MSG_PEEK);
        List<Datagram> messages = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            messages.add(message(i));
        }
        return messages;
    }

    /** Takes the first messages away, and closes the descriptors that wait with them. */
    public void take(Fd socket, int count) {
        int left = count;
        while (left > 0) {
            int taken = receive(socket, Math.min(left, BATCH), 0, 0);
            if (taken == 0) {
                return;
            }
            left -= taken;
        }
    }

    private int receive(Fd socket, int count, int controlRoom, int flags) {
        for (int i = 0; i < count; i++) {
            int at = i * MMSGHDR_BYTES;
            headers.bytes().putLong(at + 32, controlRoom == 0 ? 0 : control.address() + (long) i * CONTROL_BYTES);
            headers.bytes().putLong(at + 40, controlRoom);
            headers.bytes().putInt(at + 48, 0);
        }
        while (true) {
            int result = C.recvmmsg(
                    socket.number(), headers.pointer(), count, MSG_DONTWAIT | MSG_CMSG_CLOEXEC | flags, null);
            if (result >= 0) {
                return result;
            }
            Errno errno = lastError();
            if (Descriptors.isWouldBlock(errno, "recvmmsg", socket)) {
                return 0;
            }
        }
    }

    private Datagram message(int index) {
        int at = index * MMSGHDR_BYTES;
        byte[] bytes = new byte[headers.bytes().getInt(at + MSGHDR_BYTES)];
        payload.bytes().get(index * MAX_BYTES, bytes);
        boolean truncated = (headers.bytes().getInt(at + 48) & (MSG_TRUNC | MSG_CTRUNC)) != 0;
        Optional<PeerCredentials> sender = Optional.empty();
        Optional<PidFd> process = Optional.empty();
        List<Fd> descriptors = new ArrayList<>();
        ByteBuffer in = control.bytes();
        int offset = index * CONTROL_BYTES;
        int end = offset + (int) headers.bytes().getLong(at + 40);
        while (offset + CMSGHDR_BYTES <= end && in.getLong(offset) >= CMSGHDR_BYTES) {
            int length = (int) in.getLong(offset);
            int type = in.getInt(offset + 8) == SOL_SOCKET ? in.getInt(offset + 12) : 0;
            int data = offset + CMSGHDR_BYTES;
            if (type == SCM_CREDENTIALS) {
                sender = Optional.of(credentials(in, data));
            } else if (type == SCM_PIDFD && in.getInt(data) >= 0) { // else the kernel had none: an errno is there
                process = Optional.of(PidFd.adopt(Fd.adopt(in.getInt(data))));
            } else if (type == SCM_RIGHTS) {
                for (int fd = data; fd + 4 <= Math.min(offset + length, end); fd += 4) {
                    descriptors.add(Fd.adopt(in.getInt(fd)));
                }
            }
            offset += length + 7 & ~7;
        }
        return new Datagram(bytes, sender, process, descriptors, truncated);
    }

    private static PeerCredentials credentials(ByteBuffer in, int at) {
        int pid = in.getInt(at);
        return new PeerCredentials(
                pid > 0 ? Optional.of(new Pid(pid)) : Optional.empty(),
                Integer.toUnsignedLong(in.getInt(at + 4)),
                Integer.toUnsignedLong(in.getInt(at + 8)));
    }
}

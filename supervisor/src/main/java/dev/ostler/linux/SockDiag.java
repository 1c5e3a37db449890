package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AF_INET;
import static dev.ostler.linux.LinuxConstants.AF_INET6;
import static dev.ostler.linux.LinuxConstants.AF_NETLINK;
import static dev.ostler.linux.LinuxConstants.IPPROTO_TCP;
import static dev.ostler.linux.LinuxConstants.NETLINK_SOCK_DIAG;
import static dev.ostler.linux.LinuxConstants.NLMSG_DONE;
import static dev.ostler.linux.LinuxConstants.NLMSG_ERROR;
import static dev.ostler.linux.LinuxConstants.NLM_F_DUMP;
import static dev.ostler.linux.LinuxConstants.NLM_F_REQUEST;
import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_DIAG_BY_FAMILY;
import static dev.ostler.linux.LinuxConstants.SOCK_RAW;
import static dev.ostler.linux.LinuxConstants.TCP_LISTEN;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * TCP sockets that listen, asked of the kernel by sock_diag(7) without connecting to anyone. Those of the network namespace
 * of the calling thread; needs no right. Any platform thread.
 */
public final class SockDiag {
    /** nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port. */
    private static final int HEADER_BYTES = 16;

    /** inet_diag_req_v2: u8 family, u8 protocol, u8 ext, u8 pad, u32 states, then inet_diag_sockid. */
    private static final int REQUEST_BYTES = 8 + 48;

    /** Place of be16 idiag_sport, the first field of inet_diag_sockid, in the whole request. */
    private static final int REQUEST_PORT = HEADER_BYTES + 8;

    /** inet_diag_msg: 4 bytes, inet_diag_sockid (48), u32 expires, rqueue, wqueue, uid, inode. */
    private static final int ANSWER_UID = 4 + 48 + 12;

    private static final int ANSWER_INODE = ANSWER_UID + 4;

    /** The kernel fills at most 32 KiB of a dump at a time (netlink_dump). */
    private static final int BUFFER_BYTES = 32 * 1024;

    private SockDiag() {}

    /**
     * A socket that listens.
     *
     * @param inode as in the link {@code socket:[INODE]} of /proc/PID/fd
     * @param uid who has made it
     */
    public record Listener(long inode, long uid) {}

    /** All that listen on a TCP port, of either family. */
    public static List<Listener> listeningOn(int port) {
        try (Fd fd = Fd.adopt(check(
                C.socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG), "socket", "NETLINK_SOCK_DIAG"))) {
            List<Listener> found = new ArrayList<>(dump(fd, AF_INET, port));
            found.addAll(dump(fd, AF_INET6, port));
            return found;
        }
    }

    private static List<Listener> dump(Fd fd, int family, int port) {
        NativeBuffer request = NativeBuffer.allocate(HEADER_BYTES + REQUEST_BYTES);
        request.bytes()
                .putInt(0, request.capacity())
                .putShort(4, (short) SOCK_DIAG_BY_FAMILY)
                .putShort(6, (short) (NLM_F_REQUEST | NLM_F_DUMP))
                .put(HEADER_BYTES, (byte) family)
                .put(HEADER_BYTES + 1, (byte) IPPROTO_TCP)
                .putInt(HEADER_BYTES + 4, 1 << TCP_LISTEN)
                .putShort(REQUEST_PORT, Short.reverseBytes((short) port));
        check((int) C.send(fd.number(), request.pointer(), request.capacity(), 0), "send", "NETLINK_SOCK_DIAG");
        List<Listener> found = new ArrayList<>();
        NativeBuffer answer = NativeBuffer.allocate(BUFFER_BYTES);
        boolean more = true;
        while (more) {
            more = take(answer.bytes().slice(0, read(fd, answer)).order(ByteOrder.LITTLE_ENDIAN), found);
        }
        return found;
    }

    private static int read(Fd fd, NativeBuffer buffer) {
        while (true) {
            long count = C.read(fd.number(), buffer.pointer(), buffer.capacity());
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (!errno.equals(Errno.EINTR)) {
                throw new KernelException("read", "NETLINK_SOCK_DIAG", errno);
            }
        }
    }

    /** Whether another datagram follows. */
    private static boolean take(ByteBuffer messages, List<Listener> found) {
        int at = 0;
        while (at + HEADER_BYTES <= messages.limit()) {
            int length = messages.getInt(at);
            int type = messages.getShort(at + 4);
            if (type == NLMSG_DONE) {
                return false;
            }
            if (type == NLMSG_ERROR) { // nlmsgerr: s32 -errno
                throw new KernelException(
                        "sock_diag", "listening TCP sockets", new Errno(-messages.getInt(at + HEADER_BYTES)));
            }
            if (type == SOCK_DIAG_BY_FAMILY) {
                int body = at + HEADER_BYTES;
                found.add(new Listener(
                        Integer.toUnsignedLong(messages.getInt(body + ANSWER_INODE)),
                        Integer.toUnsignedLong(messages.getInt(body + ANSWER_UID))));
            }
            at += Math.max(HEADER_BYTES, length + 3 & ~3);
        }
        return true;
    }
}

package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AF_NETLINK;
import static dev.ostler.linux.LinuxConstants.IFLA_IFNAME;
import static dev.ostler.linux.LinuxConstants.NETLINK_ROUTE;
import static dev.ostler.linux.LinuxConstants.RTMGRP_LINK;
import static dev.ostler.linux.LinuxConstants.RTM_DELLINK;
import static dev.ostler.linux.LinuxConstants.RTM_NEWLINK;
import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.SOCK_RAW;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Changes of the network interfaces of the namespace that the calling thread was in at birth, rtnetlink(7), group
 * RTNLGRP_LINK, as a descriptor. Needs no right. Owned by one thread.
 */
public final class LinkEvents implements AutoCloseable {
    /** nlmsghdr: u32 length, u16 type, u16 flags, u32 sequence, u32 port. */
    private static final int HEADER_BYTES = 16;

    /** ifinfomsg: u8 family, u8 pad, u16 type, s32 index, u32 flags, u32 change; rtattrs follow: u16 length, u16 type. */
    private static final int IFINFO_BYTES = 16;

    private static final int ATTRIBUTE_BYTES = 4;

    /** sockaddr_nl: u16 family, u16 pad, u32 port, u32 groups. */
    private static final int ADDRESS_BYTES = 12;

    /** The kernel makes messages of the size they need, at most 32 KiB (NLMSG_GOODSIZE and the rest of virtual functions). */
    private static final int BUFFER_BYTES = 32 * 1024;

    private final Fd fd;
    private final NativeBuffer buffer = NativeBuffer.allocate(BUFFER_BYTES);

    private LinkEvents(Fd fd) {
        this.fd = fd;
    }

    /** What happens from now on is told. */
    public static LinkEvents open() {
        int type = SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK;
        Fd fd = Fd.adopt(check(C.socket(AF_NETLINK, type, NETLINK_ROUTE), "socket", "NETLINK_ROUTE"));
        NativeBuffer address = NativeBuffer.allocate(ADDRESS_BYTES);
        address.bytes().putShort(0, (short) AF_NETLINK).putInt(8, RTMGRP_LINK);
        try {
            check(C.bind(fd.number(), address.pointer(), ADDRESS_BYTES), "bind", "RTNLGRP_LINK");
            return new LinkEvents(fd);
        } catch (KernelException e) {
            fd.close();
            throw e;
        }
    }

    /** The names of those that something was told of since the last call; empty when some news was lost (ENOBUFS). */
    public Optional<Set<String>> read() {
        Set<String> names = new HashSet<>();
        boolean lost = false;
        while (true) {
            long count = C.read(fd.number(), buffer.pointer(), BUFFER_BYTES);
            if (count >= 0) {
                decode(buffer.bytes().slice(0, (int) count).order(ByteOrder.LITTLE_ENDIAN), names);
                continue;
            }
            Errno errno = lastError();
            if (errno.equals(Errno.EAGAIN)) {
                return lost ? Optional.empty() : Optional.of(names);
            }
            lost |= errno.equals(Errno.ENOBUFS);
            if (!errno.equals(Errno.ENOBUFS) && !errno.equals(Errno.EINTR)) {
                throw new KernelException("read", "RTNLGRP_LINK", errno);
            }
        }
    }

    private static void decode(ByteBuffer messages, Set<String> names) {
        int at = 0;
        while (at + HEADER_BYTES <= messages.limit()) {
            int length = Math.max(HEADER_BYTES, messages.getInt(at));
            int type = messages.getShort(at + 4);
            if (type == RTM_NEWLINK || type == RTM_DELLINK) {
                name(messages, at + HEADER_BYTES + IFINFO_BYTES, Math.min(at + length, messages.limit()), names);
            }
            at += length + 3 & ~3;
        }
    }

    private static void name(ByteBuffer messages, int from, int end, Set<String> names) {
        int at = from;
        while (at + ATTRIBUTE_BYTES <= end) {
            int length = Math.max(ATTRIBUTE_BYTES, Short.toUnsignedInt(messages.getShort(at)));
            if (messages.getShort(at + 2) == IFLA_IFNAME && at + length <= end) {
                byte[] text = new byte[length - ATTRIBUTE_BYTES];
                messages.get(at + ATTRIBUTE_BYTES, text);
                names.add(new String(text, StandardCharsets.UTF_8).replace("\0", ""));
            }
            at += length + 3 & ~3;
        }
    }

    /** To be watched for EPOLLIN; stays owned by this object. */
    public Fd fd() {
        return fd;
    }

    @Override
    public void close() {
        fd.close();
    }
}

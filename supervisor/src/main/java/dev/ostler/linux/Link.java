package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AF_INET;
import static dev.ostler.linux.LinuxConstants.ETHTOOL_GLINK;
import static dev.ostler.linux.LinuxConstants.IFF_RUNNING;
import static dev.ostler.linux.LinuxConstants.IFF_UP;
import static dev.ostler.linux.LinuxConstants.SIOCETHTOOL;
import static dev.ostler.linux.LinuxConstants.SIOCGIFFLAGS;
import static dev.ostler.linux.LinuxConstants.SOCK_DGRAM;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.lastError;

import java.nio.charset.StandardCharsets;

/** A network interface of the namespace of the calling thread, netdevice(7). Any platform thread. */
public final class Link {
    /** IFNAMSIZ, with the NUL. */
    private static final int NAME_BYTES = 16;

    /** struct ifreq: a name, then a union whose first members are short ifr_flags and void *ifr_data; 40 bytes in all. */
    private static final int IFREQ_BYTES = 40;

    /** struct ethtool_value: u32 cmd, u32 data. */
    private static final int ETHTOOL_VALUE_BYTES = 8;

    private Link() {}

    /** What is known of it. */
    public enum State {
        UP,
        DOWN,
        /** There is no interface of that name. */
        MISSING
    }

    /** Whether it is up and has a carrier: by ETHTOOL_GLINK, or by its flags where its driver does not know that. */
    public static State state(String name) {
        try (Fd socket = Sockets.create(AF_INET, SOCK_DGRAM)) {
            NativeBuffer value = NativeBuffer.allocate(ETHTOOL_VALUE_BYTES);
            value.bytes().putInt(0, ETHTOOL_GLINK);
            NativeBuffer request = request(name);
            request.bytes().putLong(NAME_BYTES, value.address());
            if (C.ioctl(socket.number(), SIOCETHTOOL, request.address()) == 0) {
                request.keep();
                return value.bytes().getInt(4) != 0 ? State.UP : State.DOWN;
            }
            Errno errno = lastError();
            request.keep();
            if (errno.equals(Errno.ENODEV)) {
                return State.MISSING;
            }
            if (errno.equals(Errno.EOPNOTSUPP)) {
                return byFlags(socket, name);
            }
            throw new KernelException("ioctl(SIOCETHTOOL)", name, errno);
        }
    }

    private static State byFlags(Fd socket, String name) {
        NativeBuffer request = request(name);
        if (C.ioctl(socket.number(), SIOCGIFFLAGS, request.address()) == 0) {
            int flags = request.bytes().getShort(NAME_BYTES);
            return (flags & IFF_UP) != 0 && (flags & IFF_RUNNING) != 0 ? State.UP : State.DOWN;
        }
        Errno errno = lastError();
        if (errno.equals(Errno.ENODEV)) {
            return State.MISSING;
        }
        throw new KernelException("ioctl(SIOCGIFFLAGS)", name, errno);
    }

    private static NativeBuffer request(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length >= NAME_BYTES) {
            throw new KernelException("ioctl", name, Errno.EINVAL);
        }
        NativeBuffer request = NativeBuffer.allocate(IFREQ_BYTES);
        request.bytes().put(0, bytes);
        return request;
    }
}

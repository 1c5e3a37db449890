package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import java.nio.file.Path;

/** Sockets that wait for others, socket(7), and what can be asked of them. Any platform thread. */
public final class Sockets {
    private Sockets() {}

    /** Close-on-exec and blocking, as programs expect a socket that they are given. */
    public static Fd create(int domain, int type) {
        return Fd.adopt(check(C.socket(domain, type | SOCK_CLOEXEC, 0), "socket", "domain " + domain));
    }

    /** EADDRINUSE, EACCES below port 1024 without CAP_NET_BIND_SERVICE. */
    public static void bind(Fd socket, SocketAddress address) {
        NativeBuffer name = buffer(address);
        check(C.bind(socket.number(), name.pointer(), name.capacity()), "bind", address.toString());
    }

    public static void listen(Fd socket, int backlog) {
        check(C.listen(socket.number(), backlog), "listen", socket);
    }

    /** Whether somebody listens at a path of AF_UNIX: false when nobody does, or there is no socket. */
    public static boolean isAnswered(Path path, int type) {
        SocketAddress address = SocketAddress.unix(path);
        NativeBuffer name = buffer(address);
        try (Fd socket = create(address.domain(), type | LinuxConstants.SOCK_NONBLOCK)) {
            if (C.connect(socket.number(), name.pointer(), name.capacity()) == 0) {
                return true;
            }
            Errno errno = lastError();
            return !errno.equals(Errno.ECONNREFUSED) && !errno.equals(Errno.ENOENT);
        }
    }

    private static NativeBuffer buffer(SocketAddress address) {
        byte[] bytes = address.bytes();
        NativeBuffer name = NativeBuffer.allocate(bytes.length);
        name.bytes().put(0, bytes);
        return name;
    }

    /** getsockname(2). */
    public static SocketAddress nameOf(Fd socket) {
        NativeBuffer name = NativeBuffer.allocate(SocketAddress.MAX_BYTES);
        NativeBuffer length = NativeBuffer.allocate(4);
        length.bytes().putInt(0, SocketAddress.MAX_BYTES);
        check(C.getsockname(socket.number(), name.pointer(), length.pointer()), "getsockname", socket);
        byte[] bytes = new byte[Math.min(length.bytes().getInt(0), SocketAddress.MAX_BYTES)];
        name.bytes().get(0, bytes);
        return SocketAddress.of(bytes);
    }

    /** An option that is a number; ENOTSOCK when it is no socket. @param name for messages: {@code SO_TYPE} */
    public static int option(Fd socket, int level, int option, String name) {
        NativeBuffer value = NativeBuffer.allocate(4);
        NativeBuffer length = NativeBuffer.allocate(4);
        length.bytes().putInt(0, 4);
        check(
                C.getsockopt(socket.number(), level, option, value.pointer(), length.pointer()),
                "getsockopt(" + name + ")",
                socket);
        return value.bytes().getInt(0);
    }

    /** @param name for messages: {@code SO_REUSEPORT} */
    public static void setOption(Fd socket, int level, int option, int value, String name) {
        NativeBuffer number = NativeBuffer.allocate(4);
        number.bytes().putInt(0, value);
        check(C.setsockopt(socket.number(), level, option, number.pointer(), 4), "setsockopt(" + name + ")", socket);
    }
}

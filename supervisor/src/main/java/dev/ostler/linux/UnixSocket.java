package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.AF_UNIX;
import static dev.ostler.linux.LinuxConstants.MSG_DONTWAIT;
import static dev.ostler.linux.LinuxConstants.MSG_NOSIGNAL;
import static dev.ostler.linux.LinuxConstants.SCM_RIGHTS;
import static dev.ostler.linux.LinuxConstants.SOCK_CLOEXEC;
import static dev.ostler.linux.LinuxConstants.SOCK_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.SOCK_STREAM;
import static dev.ostler.linux.LinuxConstants.SOL_SOCKET;
import static dev.ostler.linux.LinuxConstants.SO_PEERCRED;
import static dev.ostler.linux.Native.C;
import static dev.ostler.linux.Native.check;
import static dev.ostler.linux.Native.lastError;

import dev.ostler.base.Pid;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A SOCK_STREAM socket of AF_UNIX, listening or connected, non-blocking, unix(7). Owned by one thread, which alone calls it.
 * Reads and writes return what {@link Descriptors} does: bytes, 0 for end of file, {@link Descriptors#WOULD_BLOCK}.
 */
public final class UnixSocket implements AutoCloseable {
    /** sizeof(sun_path); the last byte stays NUL. */
    private static final int PATH_BYTES = 108;

    private static final int UCRED_BYTES = 12;
    private static final int BACKLOG = 64;
    private static final int MSGHDR_BYTES = 56;
    private static final int IOVEC_BYTES = 16;
    private static final int CMSGHDR_BYTES = 16;

    /** Of one descriptor, with the padding behind it. */
    private static final int CMSG_BYTES = CMSGHDR_BYTES + 8;

    private final Fd fd;

    private UnixSocket(Fd fd) {
        this.fd = fd;
    }

    /** Takes over a socket and makes it non-blocking. */
    public static UnixSocket adopt(Fd fd) {
        Descriptors.setNonBlocking(fd, true);
        return new UnixSocket(fd);
    }

    /** Binds a path, which must not exist (EADDRINUSE), and listens. */
    public static UnixSocket listen(Path path) {
        UnixSocket socket = create();
        try {
            NativeBuffer address = address(path);
            check(C.bind(socket.fd.number(), address.pointer(), address.capacity()), "bind", path.toString());
            check(C.listen(socket.fd.number(), BACKLOG), "listen", path.toString());
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** ENOENT without a socket of that name, ECONNREFUSED when nobody listens, EAGAIN when the backlog is full. */
    public static UnixSocket connect(Path path) {
        UnixSocket socket = create();
        try {
            NativeBuffer address = address(path);
            check(C.connect(socket.fd.number(), address.pointer(), address.capacity()), "connect", path.toString());
            return socket;
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static UnixSocket create() {
        int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
        return new UnixSocket(Fd.adopt(check(C.socket(AF_UNIX, type, 0), "socket", "AF_UNIX")));
    }

    private static NativeBuffer address(Path path) {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        if (name.length == 0 || name.length >= PATH_BYTES) {
            throw new KernelException("bind", path.toString(), new Errno(36)); // ENAMETOOLONG, as a file system says it
        }
        NativeBuffer address = NativeBuffer.allocate(2 + name.length + 1);
        address.bytes().putShort(0, (short) AF_UNIX);
        address.bytes().put(2, name);
        return address;
    }

    /** Two sockets connected with each other. */
    public static List<UnixSocket> pair() {
        return pair(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK).stream()
                .map(UnixSocket::new)
                .toList();
    }

    static List<Fd> pair(int type) {
        NativeBuffer pair = NativeBuffer.allocate(8);
        check(C.socketpair(AF_UNIX, type, 0, pair.pointer()), "socketpair", "AF_UNIX");
        return List.of(Fd.adopt(pair.bytes().getInt(0)), Fd.adopt(pair.bytes().getInt(4)));
    }

    /** One waiting connection; empty when there is none. A client that has given up meanwhile counts as none. */
    public Optional<UnixSocket> accept() {
        int result = C.accept4(fd.number(), null, null, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (result >= 0) {
            return Optional.of(new UnixSocket(Fd.adopt(result)));
        }
        Errno errno = lastError();
        if (errno.equals(Errno.EAGAIN) || errno.equals(Errno.ECONNABORTED) || errno.equals(Errno.EINTR)) {
            return Optional.empty(); // epoll reports again if another one waits
        }
        throw new KernelException("accept4", fd.toString(), errno);
    }

    /** Who is at the other end. */
    public PeerCredentials peer() {
        NativeBuffer out = NativeBuffer.allocate(UCRED_BYTES);
        NativeBuffer length = NativeBuffer.allocate(4);
        length.bytes().putInt(0, UCRED_BYTES);
        check(
                C.getsockopt(fd.number(), SOL_SOCKET, SO_PEERCRED, out.pointer(), length.pointer()),
                "getsockopt(SO_PEERCRED)",
                fd);
        int pid = out.bytes().getInt(0);
        return new PeerCredentials(
                pid > 0 ? Optional.of(new Pid(pid)) : Optional.empty(),
                Integer.toUnsignedLong(out.bytes().getInt(4)),
                Integer.toUnsignedLong(out.bytes().getInt(8)));
    }

    public int read(NativeBuffer buffer, int offset, int length) {
        return Descriptors.read(fd, buffer, offset, length);
    }

    /** EPIPE when the other end is closed. */
    public int write(NativeBuffer buffer, int offset, int length) {
        buffer.checkRange(offset, length);
        while (true) {
            long count = C.send(fd.number(), buffer.pointer(offset), length, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count >= 0) {
                return (int) count;
            }
            Errno errno = lastError();
            if (Descriptors.isWouldBlock(errno, "send", fd)) {
                return Descriptors.WOULD_BLOCK;
            }
        }
    }

    /** As {@link #write}; the descriptor, which stays the caller's, goes with the first byte, SCM_RIGHTS. */
    public int write(NativeBuffer buffer, int offset, int length, Fd descriptor) {
        buffer.checkRange(offset, length);
        NativeBuffer control = NativeBuffer.allocate(CMSG_BYTES);
        control.bytes()
                .putLong(0, CMSGHDR_BYTES + 4)
                .putInt(8, SOL_SOCKET)
                .putInt(12, SCM_RIGHTS)
                .putInt(CMSGHDR_BYTES, descriptor.number());
        NativeBuffer vector = NativeBuffer.allocate(IOVEC_BYTES);
        vector.bytes().putLong(0, buffer.address() + offset).putLong(8, length);
        NativeBuffer header = NativeBuffer.allocate(MSGHDR_BYTES);
        header.bytes()
                .putLong(16, vector.address())
                .putLong(24, 1)
                .putLong(32, control.address())
                .putLong(40, CMSG_BYTES);
        try {
            return send(header);
        } finally {
            buffer.keep();
            vector.keep();
            control.keep();
        }
    }

    private int send(NativeBuffer header) {
        while (true) {
            long count = C.sendmsg(fd.number(), header.pointer(), MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count >= 0) {
                return (int) count;
            }
            if (Descriptors.isWouldBlock(lastError(), "sendmsg", fd)) {
                return Descriptors.WOULD_BLOCK;
            }
        }
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

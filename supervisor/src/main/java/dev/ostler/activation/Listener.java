package dev.ostler.activation;

import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.SocketAddress;
import dev.ostler.linux.Sockets;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.SocketSpec.Inet;
import dev.ostler.spec.SocketSpec.Unix;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Opens the socket of a service as it was asked for, and knows one again. Any platform thread. */
public final class Listener {
    private static final int IPPROTO_IPV6 = 41;

    private Listener() {}

    /**
     * A socket that listens.
     *
     * @param notes what could not be had in full, for people
     */
    public record Opened(Fd fd, List<String> notes) {
        public Opened {
            notes = List.copyOf(notes);
        }
    }

    /** Who a socket file belongs to. */
    public record Owner(long uid, long gid) {}

    /** @throws KernelException naming the call that was refused; nothing is left behind then */
    public static Opened open(SocketSpec spec, Owner owner) {
        SocketAddress address = address(spec);
        Fd socket = Sockets.create(address.domain(), type(spec));
        try {
            List<String> notes = new ArrayList<>(beforeBind(socket, spec));
            if (spec.address() instanceof Unix unix) {
                removeStale(unix);
            }
            Sockets.bind(socket, address);
            if (spec.address() instanceof Unix unix) {
                SocketFile.own(unix.path(), unix.mode(), owner.uid(), owner.gid());
            }
            if (accepts(spec)) {
                Sockets.listen(socket, spec.options().backlog());
            }
            return new Opened(socket, notes);
        } catch (RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** A file that a socket has left behind, of one that was not closed in an orderly way. */
    private static void removeStale(Unix unix) {
        boolean isSocket;
        try {
            isSocket = Files.exists(unix.path())
                    && ((int) Files.getAttribute(unix.path(), "unix:mode") & LinuxConstants.S_IFMT)
                            == LinuxConstants.S_IFSOCK;
        } catch (IOException ignored) { // then bind says what is wrong
            return;
        }
        if (isSocket && !Sockets.isAnswered(unix.path(), type(unix))) {
            remove(unix.path());
        }
    }

    /** The file of a socket that is closed. */
    public static void remove(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException ignored) { // it is in the way next time, and then that is said
            return;
        }
    }

    private static List<String> beforeBind(Fd socket, SocketSpec spec) {
        SocketSpec.Options options = spec.options();
        List<String> notes = new ArrayList<>();
        if (spec.address() instanceof Inet inet) {
            Sockets.setOption(socket, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_REUSEADDR, 1, "SO_REUSEADDR");
            if (options.reusePort()) {
                Sockets.setOption(socket, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_REUSEPORT, 1, "SO_REUSEPORT");
            }
            if (inet.tcp()) {
                tcp(socket, options);
            }
            options.mtuDiscovery().ifPresent(how -> mtu(socket, inet.host().bits() == 32, how.ordinal()));
        }
        buffer(socket, options.receiveBufferBytes(), true).ifPresent(notes::add);
        buffer(socket, options.sendBufferBytes(), false).ifPresent(notes::add);
        return notes;
    }

    private static void tcp(Fd socket, SocketSpec.Options options) {
        options.deferAccept()
                .ifPresent(time -> Sockets.setOption(
                        socket,
                        LinuxConstants.IPPROTO_TCP,
                        LinuxConstants.TCP_DEFER_ACCEPT,
                        (int) Math.max(1, time.toSeconds()),
                        "TCP_DEFER_ACCEPT"));
        if (options.cork()) {
            Sockets.setOption(socket, LinuxConstants.IPPROTO_TCP, LinuxConstants.TCP_CORK, 1, "TCP_CORK");
        }
    }

    private static void mtu(Fd socket, boolean four, int how) {
        if (four) {
            Sockets.setOption(socket, 0, LinuxConstants.IP_MTU_DISCOVER, how, "IP_MTU_DISCOVER");
        } else {
            Sockets.setOption(socket, IPPROTO_IPV6, LinuxConstants.IPV6_MTU_DISCOVER, how, "IPV6_MTU_DISCOVER");
        }
    }

    /** Beyond net.core.rmem_max with CAP_NET_ADMIN, else as much as everybody may have; that is said. */
    private static Optional<String> buffer(Fd socket, OptionalInt bytes, boolean receive) {
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        int forced = receive ? LinuxConstants.SO_RCVBUFFORCE : LinuxConstants.SO_SNDBUFFORCE;
        int plain = receive ? LinuxConstants.SO_RCVBUF : LinuxConstants.SO_SNDBUF;
        String name = receive ? "SO_RCVBUF" : "SO_SNDBUF";
        try {
            Sockets.setOption(socket, LinuxConstants.SOL_SOCKET, forced, bytes.getAsInt(), name + "FORCE");
            return Optional.empty();
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw e;
            }
        }
        Sockets.setOption(socket, LinuxConstants.SOL_SOCKET, plain, bytes.getAsInt(), name);
        int had =
                Sockets.option(socket, LinuxConstants.SOL_SOCKET, plain, name) / 2; // the kernel doubles it (socket(7))
        return had >= bytes.getAsInt()
                ? Optional.empty()
                : Optional.of(name + " is " + had + " bytes instead of " + bytes.getAsInt()
                        + ": more needs CAP_NET_ADMIN, or a higher limit of the host");
    }

    /**
     * How a descriptor differs from what is asked for; empty when it is that very socket. By SO_DOMAIN, SO_TYPE, SO_PROTOCOL,
     * SO_ACCEPTCONN and getsockname(2).
     */
    public static Optional<String> difference(Fd fd, SocketSpec spec) {
        try {
            SocketAddress address = address(spec);
            int protocol = Sockets.option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_PROTOCOL, "SO_PROTOCOL");
            if (Sockets.option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_DOMAIN, "SO_DOMAIN") != address.domain()
                    || Sockets.option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_TYPE, "SO_TYPE") != type(spec)
                    || protocol != protocol(spec)) {
                return Optional.of("it is of another kind");
            }
            boolean listens =
                    Sockets.option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_ACCEPTCONN, "SO_ACCEPTCONN") != 0;
            if (listens != accepts(spec)) {
                return Optional.of(listens ? "it listens" : "it does not listen");
            }
            SocketAddress name = Sockets.nameOf(fd);
            return name.equals(address) ? Optional.empty() : Optional.of("it is bound to " + name);
        } catch (KernelException e) {
            return Optional.of(e.getMessage());
        }
    }

    private static SocketAddress address(SocketSpec spec) {
        if (spec.address() instanceof Inet inet) {
            try {
                return SocketAddress.inet(
                        InetAddress.getByName(inet.host().text()).getAddress(), inet.port());
            } catch (UnknownHostException e) {
                throw new IllegalStateException(e); // a numeric address: nobody is asked
            }
        }
        return SocketAddress.unix(((Unix) spec.address()).path());
    }

    private static int type(SocketSpec spec) {
        if (spec.address() instanceof Inet inet) {
            return inet.tcp() ? LinuxConstants.SOCK_STREAM : LinuxConstants.SOCK_DGRAM;
        }
        return type((Unix) spec.address());
    }

    private static int type(Unix unix) {
        return switch (unix.type()) {
            case STREAM -> LinuxConstants.SOCK_STREAM;
            case DATAGRAM -> LinuxConstants.SOCK_DGRAM;
            case SEQPACKET -> LinuxConstants.SOCK_SEQPACKET;
        };
    }

    private static int protocol(SocketSpec spec) {
        if (spec.address() instanceof Inet inet) {
            return inet.tcp() ? LinuxConstants.IPPROTO_TCP : LinuxConstants.IPPROTO_UDP;
        }
        return 0;
    }

    private static boolean accepts(SocketSpec spec) {
        return type(spec) != LinuxConstants.SOCK_DGRAM;
    }
}

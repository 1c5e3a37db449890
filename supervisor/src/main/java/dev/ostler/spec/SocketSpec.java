package dev.ostler.spec;

import dev.ostler.base.IpAddress;
import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A socket that is opened for a service, and that the service is born with.
 *
 * @param name by which the service finds it (LISTEN_FDNAMES)
 * @param standardInput it is descriptor 0, as inetd has it, and not among those of LISTEN_FDS
 */
public record SocketSpec(String name, Address address, Options options, boolean standardInput, Origin origin) {
    public SocketSpec {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(options, "options");
    }

    /** Where it listens. */
    public sealed interface Address {
        /** {@code tcp 127.0.0.1:8080}, {@code udp [::]:53}, {@code unix /run/web.sock}. */
        @Override
        String toString();
    }

    /** TCP or UDP. */
    public record Inet(boolean tcp, IpAddress host, int port) implements Address {
        @Override
        public String toString() {
            String where = host.bits() == 32 ? host.text() : "[" + host.text() + "]";
            return (tcp ? "tcp " : "udp ") + where + ":" + port;
        }
    }

    /**
     * A file.
     *
     * @param mode permission bits
     * @param owner {@code user} or {@code user:group}; empty = that of the service
     */
    public record Unix(UnixType type, Path path, int mode, Optional<Located<String>> owner) implements Address {
        @Override
        public String toString() {
            return "unix " + path;
        }
    }

    /** unix(7). */
    public enum UnixType {
        STREAM,
        DATAGRAM,
        SEQPACKET;

        /** As the YAML has it. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** IP_MTU_DISCOVER of ip(7); the ordinal is the kernel's number. */
    public enum MtuDiscovery {
        DONT,
        WANT,
        DO,
        PROBE
    }

    /**
     * Options; what is empty stays as the kernel has it.
     *
     * @param backlog connections that wait to be accepted
     * @param deferAccept a connection without data for this long does not count (TCP_DEFER_ACCEPT)
     * @param cork TCP_CORK, which accepted connections inherit
     * @param receiveBufferBytes SO_RCVBUF, beyond the host's limit where the rights suffice
     * @param sendBufferBytes SO_SNDBUF, likewise
     * @param reusePort others of the same user may listen there too
     */
    public record Options(
            int backlog,
            Optional<Duration> deferAccept,
            boolean cork,
            Optional<MtuDiscovery> mtuDiscovery,
            OptionalInt receiveBufferBytes,
            OptionalInt sendBufferBytes,
            boolean reusePort) {}
}

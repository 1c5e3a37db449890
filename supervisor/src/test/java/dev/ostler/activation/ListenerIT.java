package dev.ostler.activation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.IpAddress;
import dev.ostler.base.Origin;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Ids;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.Sockets;
import dev.ostler.spec.SocketSpec;
import dev.ostler.spec.SocketSpec.MtuDiscovery;
import dev.ostler.spec.SocketSpec.UnixType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerIT {
    private static final SocketSpec.Options PLAIN = new SocketSpec.Options(
            7, Optional.empty(), false, Optional.empty(), OptionalInt.empty(), OptionalInt.empty(), false);
    private static final Listener.Owner ME = new Listener.Owner(Ids.effectiveUid(), Ids.effectiveGid());

    @TempDir
    Path directory;

    private static SocketSpec spec(SocketSpec.Address address, SocketSpec.Options options) {
        return new SocketSpec("a", address, options, false, Origin.BUILT_IN);
    }

    private static SocketSpec inet(boolean tcp, String host, SocketSpec.Options options) throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName(host))) {
            return spec(new SocketSpec.Inet(tcp, IpAddress.parse(host).orElseThrow(), free.getLocalPort()), options);
        }
    }

    private SocketSpec unix(UnixType type) {
        return spec(new SocketSpec.Unix(type, directory.resolve("s"), 0640, Optional.empty()), PLAIN);
    }

    private static int option(Fd fd, int level, int option) {
        return Sockets.option(fd, level, option, "option " + option);
    }

    @Test
    void tcpHasTheOptionsThatWereAskedFor() throws IOException {
        SocketSpec spec = inet(
                true,
                "127.0.0.1",
                new SocketSpec.Options(
                        7,
                        Optional.of(Duration.ofSeconds(5)),
                        true,
                        Optional.of(MtuDiscovery.DO),
                        OptionalInt.of(100_000),
                        OptionalInt.of(50_000),
                        true));

        try (Fd fd = Listener.open(spec, ME).fd()) {
            assertThat(option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_ACCEPTCONN))
                    .isEqualTo(1);
            assertThat(option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_REUSEPORT))
                    .isEqualTo(1);
            assertThat(option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_RCVBUF))
                    .isEqualTo(200_000);
            assertThat(option(fd, LinuxConstants.SOL_SOCKET, LinuxConstants.SO_SNDBUF))
                    .isEqualTo(100_000);
            assertThat(option(fd, LinuxConstants.IPPROTO_TCP, LinuxConstants.TCP_DEFER_ACCEPT))
                    .isPositive();
            assertThat(option(fd, LinuxConstants.IPPROTO_TCP, LinuxConstants.TCP_CORK))
                    .isEqualTo(1);
            assertThat(option(fd, 0, LinuxConstants.IP_MTU_DISCOVER)).isEqualTo(2);
            assertThat(Listener.difference(fd, spec)).isEmpty();
        }
    }

    @Test
    void aSocketIsKnownAgainByKindAndAddress() throws IOException {
        SocketSpec tcp = inet(true, "127.0.0.1", PLAIN);
        SocketSpec udp = inet(false, "::1", PLAIN);
        try (Fd stream = Listener.open(tcp, ME).fd();
                Fd datagram = Listener.open(udp, ME).fd();
                Fd file = Listener.open(unix(UnixType.SEQPACKET), ME).fd()) {
            assertThat(Listener.difference(stream, tcp)).isEmpty();
            assertThat(Listener.difference(datagram, udp)).isEmpty();
            assertThat(Listener.difference(file, unix(UnixType.SEQPACKET))).isEmpty();

            assertThat(Listener.difference(stream, udp)).contains("it is of another kind");
            assertThat(Listener.difference(file, unix(UnixType.STREAM))).contains("it is of another kind");
            assertThat(Listener.difference(stream, inet(true, "127.0.0.1", PLAIN)))
                    .hasValueSatisfying(text -> assertThat(text).startsWith("it is bound to 127.0.0.1:"));
        }
        SocketSpec.Inet address = (SocketSpec.Inet) tcp.address();
        try (Fd deaf = Sockets.create(LinuxConstants.AF_INET, LinuxConstants.SOCK_STREAM)) {
            Sockets.bind(deaf, dev.ostler.linux.SocketAddress.inet(new byte[] {127, 0, 0, 1}, address.port()));
            assertThat(Listener.difference(deaf, tcp)).contains("it does not listen");
        }
    }

    @Test
    void aPortInUseIsRefusedByName() throws IOException {
        SocketSpec tcp = inet(true, "127.0.0.1", PLAIN);
        try (Fd first = Listener.open(tcp, ME).fd()) {
            assertThat(first.isOpen()).isTrue();
            assertThatThrownBy(() -> Listener.open(tcp, ME))
                    .hasMessageMatching("bind \"127.0.0.1:\\d+\": EADDRINUSE .*");
        }
    }

    @Test
    void theFileOfAUnixSocketHasItsModeAndReplacesOneThatWasLeftBehind() throws IOException {
        SocketSpec spec = unix(UnixType.STREAM);
        Listener.open(spec, ME).fd().close();

        try (Fd again = Listener.open(spec, ME).fd()) {
            assertThat(again.isOpen()).isTrue();
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("s"))))
                    .isEqualTo("rw-r-----");
            assertThatThrownBy(() -> Listener.open(spec, ME)).hasMessageContaining("EADDRINUSE");
        }
    }

    @Test
    void aFileThatIsNoSocketStays() throws IOException {
        Files.writeString(directory.resolve("s"), "precious");

        assertThatThrownBy(() -> Listener.open(unix(UnixType.STREAM), ME)).hasMessageContaining("EADDRINUSE");

        assertThat(directory.resolve("s")).hasContent("precious");
    }
}

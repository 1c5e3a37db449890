package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.junit.jupiter.api.Test;

class SockDiagIT {
    @Test
    void aSocketThatListensIsFoundWithItsInodeAndOwnerAndNobodyConnects() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            int port = ((InetSocketAddress) server.getLocalAddress()).getPort();

            List<SockDiag.Listener> found = SockDiag.listeningOn(port);

            assertThat(found).hasSize(1);
            assertThat(found.get(0).uid()).isEqualTo(Ids.effectiveUid());
            assertThat(OpenDescriptors.list())
                    .containsValue("socket:[" + found.get(0).inode() + "]");
            server.configureBlocking(false);
            assertThat(server.accept()).isNull();
        }
    }

    @Test
    void ofEitherFamily() throws Exception {
        try (ServerSocket both = new ServerSocket(0)) { // [::], where there is IPv6
            assertThat(SockDiag.listeningOn(both.getLocalPort())).hasSize(1);
        }
    }

    @Test
    void aPortThatIsBoundOrConnectedButDoesNotListenIsNotFound() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }

        assertThat(SockDiag.listeningOn(port)).isEmpty();
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> SockDiag.listeningOn(1));
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import dev.ostler.linux.TcpListeners.Listener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpListenersIT {
    private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "::1", "::"})
    void aSocketThatListensIsFoundWithItsProcessAndNoLongerThanItDoes(String address) throws IOException {
        int port;
        try (ServerSocket server = new ServerSocket()) {
            server.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
            port = server.getLocalPort();

            Listener found = TcpListeners.on(port).orElseThrow();

            assertThat(TcpListeners.process(found)).contains(SELF);
            assertThat(TcpListeners.holder(found)).startsWith("process " + SELF + " (");
        }
        assertThat(TcpListeners.on(port)).isEmpty();
    }

    @Test
    void aConnectionIsNoListener() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
            assertThat(TcpListeners.on(client.getLocalPort())).isEmpty();
        }
    }

    @Test
    void whatComesBehindTheListenersIsNotRead() throws IOException {
        String table = """
                   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0
                   1: 0100007F:1F91 0100007F:0050 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 0 10 -1
                   2: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
                """;

        assertThat(TcpListeners.parse(lines(table), 0x1f90)).contains(new Listener(4711, 1000));
        assertThat(TcpListeners.parse(lines(table), 0x1f91)).isEmpty();
        assertThat(TcpListeners.parse(lines(table), 0x1f92)).isEmpty();
    }

    private static BufferedReader lines(String text) {
        return new BufferedReader(new StringReader(text));
    }
}

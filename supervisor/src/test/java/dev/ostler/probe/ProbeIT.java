package dev.ostler.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.ostler.spec.ProbeSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProbeIT {
    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final ProbeRunner runner = new ProbeRunner(inbox::add);
    private boolean ready;

    @AfterEach
    void close() {
        runner.close();
    }

    @Test
    void tcpIsReadyOnceSomethingListensAndSaysBeforeWhyNot() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        Probe probe = runner.start(
                new ProbeSpec.Tcp("127.0.0.1", port, Duration.ofSeconds(30), Duration.ofMillis(20)),
                () -> ready = true);

        turn();
        assertThat(ready).isFalse();
        assertThat(probe.lastFailure())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("tcp 127.0.0.1:" + port + ": ")
                        .contains("refused"));

        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(listener.isBound()).isTrue();
            turnUntilReady();
        }
    }

    @Test
    void httpIsReadyAtTheFirstStatusBelow400() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() < 3 ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
        try {
            URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health");
            Probe probe = runner.start(
                    new ProbeSpec.Http(uri, Duration.ofSeconds(30), Duration.ofMillis(20)), () -> ready = true);

            turn();
            assertThat(probe.lastFailure())
                    .hasValueSatisfying(text -> assertThat(text).endsWith("status 503"));
            turnUntilReady();
            assertThat(requests).hasValue(3);
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysNothingAfterItWasCancelled() throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Probe probe = runner.start(
                    new ProbeSpec.Tcp(
                            "127.0.0.1", listener.getLocalPort(), Duration.ofSeconds(30), Duration.ofMillis(20)),
                    () -> ready = true);
            probe.cancel();
            Runnable late = inbox.poll(200, TimeUnit.MILLISECONDS);
            if (late != null) {
                late.run();
            }

            assertThat(ready).isFalse();
        }
    }

    private void turnUntilReady() throws InterruptedException {
        while (!ready) {
            turn();
        }
    }

    private void turn() throws InterruptedException {
        Runnable next = inbox.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("an attempt ends within 20 s").isNotNull();
        next.run();
    }
}

package dev.ostler.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.ostler.base.Pid;
import dev.ostler.linux.UnixSocket;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProbeIT {
    private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());

    @TempDir
    Path directory;

    private final BlockingQueue<Runnable> inbox = new LinkedBlockingQueue<>();
    private final ProbeRunner runner = new ProbeRunner(inbox::add);
    private Optional<Optional<String>> latest = Optional.empty();

    @AfterEach
    void close() {
        runner.close();
    }

    private Probe start(ProbeCheck check) {
        ProbeSpec spec = new ProbeSpec(check, Duration.ofMillis(20), Duration.ofSeconds(2), 1, 1, 0.5);
        return runner.start(spec, () -> List.of(SELF), failure -> latest = Optional.of(failure));
    }

    @Test
    void tcpSucceedsOnceSomethingListensAndSaysBeforeWhyNot() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        start(new ProbeCheck.Tcp("127.0.0.1", port));

        assertThat(answer())
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("tcp 127.0.0.1:" + port + ": ")
                        .contains("refused"));

        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(listener.isBound()).isTrue();
            untilSuccess();
        }
    }

    @Test
    void httpSucceedsAtAStatusBelow400AndIsAskedOnAndOn() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
        server.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(requests.incrementAndGet() == 2 ? 204 : 503, -1);
            exchange.close();
        });
        server.start();
        try {
            start(new ProbeCheck.Http(
                    URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/health")));

            assertThat(answer()).hasValueSatisfying(text -> assertThat(text).endsWith("status 503"));
            assertThat(answer()).isEmpty();
            assertThat(answer()).hasValueSatisfying(text -> assertThat(text).endsWith("status 503"));
        } finally {
            server.stop(0);
        }
    }

    @Test
    void saysNothingAfterItWasCancelled() throws IOException, InterruptedException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Probe probe = start(new ProbeCheck.Tcp("127.0.0.1", listener.getLocalPort()));
            probe.cancel();
            Runnable late = inbox.poll(200, TimeUnit.MILLISECONDS);
            if (late != null) {
                late.run();
            }

            assertThat(latest).isEmpty();
        }
    }

    @Test
    void unixSucceedsWhileSomethingListens() throws Exception {
        Path path = directory.resolve("socket");
        start(new ProbeCheck.Unix(path));

        assertThat(answer()).contains("unix " + path + ": ENOENT (No such file or directory)");
        try (UnixSocket listener = UnixSocket.listen(path)) {
            assertThat(listener.fd().isOpen()).isTrue();
            untilSuccess();
        }
        untilFailure("ECONNREFUSED");
    }

    @Test
    void aFileSucceedsWhileItIsThere() throws Exception {
        Path path = directory.resolve("ready");
        start(new ProbeCheck.FileExists(path));

        assertThat(answer()).contains("file " + path + ": there is none");
        Files.createFile(path);
        untilSuccess();
        Files.delete(path);
        untilFailure("there is none");
    }

    @Test
    void listeningSucceedsWithoutAConnectionWhenTheSocketIsOfTheService() throws Exception {
        int port;
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = taken.getLocalPort();
        }
        start(new ProbeCheck.Listening(port));
        assertThat(answer()).contains("listening " + port + ": nobody listens");

        try (ServerSocket listener = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            untilSuccess();
            listener.setSoTimeout(1);
            assertThatThrownBy(listener::accept).isInstanceOf(SocketTimeoutException.class);
        }
        untilFailure("nobody listens");
    }

    @Test
    void aSocketOfSomebodyElseDoesNotCount() throws Exception {
        Process other = new ProcessBuilder("sleep", "1000").start();
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Pid> service = List.of(new Pid((int) other.pid()));

            assertThat(ListeningSocket.find(listener.getLocalPort(), service))
                    .contains("a process that is not of the service listens");
            assertThat(ListeningSocket.find(listener.getLocalPort(), List.of(SELF)))
                    .isEmpty();
        } finally {
            other.destroyForcibly();
        }
    }

    /** As stat(2) of a file on a server that is gone, or the look-up of a name that nobody answers. */
    @Test
    void s23_attemptsThatHangFailInTimeAndHoldUpNoOtherProbe() throws Exception {
        CountDownLatch letGo = new CountDownLatch(1);
        List<String> failures = new ArrayList<>();
        try (ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            for (int port = 1; port <= 8; port++) {
                ProbeSpec spec = new ProbeSpec(
                        new ProbeCheck.Listening(port), Duration.ofMillis(20), Duration.ofMillis(50), 1, 1, 0);
                runner.start(spec, () -> hang(letGo), failure -> failures.add(failure.orElse("success")));
            }
            AtomicInteger answers = new AtomicInteger();
            ProbeSpec spec = new ProbeSpec(
                    new ProbeCheck.Tcp("127.0.0.1", listener.getLocalPort()),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(2),
                    1,
                    1,
                    0);
            runner.start(spec, List::of, failure -> answers.addAndGet(failure.isEmpty() ? 1 : 0));

            while (answers.get() < 3 || failures.size() < 16) {
                turn();
            }
            for (int port = 1; port <= 8; port++) {
                assertThat(failures)
                        .contains(
                                "listening " + port + ": no answer within 50 ms",
                                "listening " + port + ": an earlier attempt hangs");
            }

            letGo.countDown();
            while (!failures.get(failures.size() - 1).endsWith("nobody listens")) {
                turn();
            }
        }
    }

    private static List<Pid> hang(CountDownLatch letGo) {
        try {
            letGo.await();
            return List.of(SELF);
        } catch (InterruptedException e) { // the test is over
            return List.of();
        }
    }

    private void turn() throws InterruptedException {
        Runnable next = inbox.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("something happens within 20 s").isNotNull();
        next.run();
    }

    private void untilFailure(String text) throws InterruptedException {
        Optional<String> answer = answer();
        while (answer.isEmpty()) {
            answer = answer();
        }
        assertThat(answer.get()).contains(text);
    }

    private void untilSuccess() throws InterruptedException {
        while (answer().isPresent()) {}
    }

    /** Of one attempt: why it failed, empty when it succeeded. */
    private Optional<String> answer() throws InterruptedException {
        Runnable next = inbox.poll(20, TimeUnit.SECONDS);
        assertThat(next).as("an attempt ends within 20 s").isNotNull();
        latest = Optional.empty();
        next.run();
        return latest.orElseThrow();
    }
}

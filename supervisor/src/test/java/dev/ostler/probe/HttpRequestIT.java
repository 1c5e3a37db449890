package dev.ostler.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.ProbeCheck;
import dev.ostler.spec.ProbeCheck.StatusRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers answer, good and bad ones. */
class HttpRequestIT {
    private static final Duration GENEROUS = Duration.ofSeconds(20);
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final ScheduledExecutorService deadlines = Executors.newScheduledThreadPool(1);

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        deadlines.shutdownNow();
    }

    private Optional<String> send(ProbeCheck.Http check, Duration timeout) throws IOException {
        return new HttpRequest(check, timeout, deadlines).send();
    }

    private static HttpServer answering(HttpServer server, int status, String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        });
        server.start();
        return server;
    }

    private static URI uri(String scheme, HttpServer server) {
        return URI.create(scheme + "://localhost:" + server.getAddress().getPort() + "/");
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    @ParameterizedTest
    @CsvSource({
        // the answer's status and body, what is wanted -> what is wrong
        "200, UP,   200, 399, '',   ''",
        "404, UP,   200, 399, '',   status 404",
        "404, UP,   404, 404, '',   ''",
        "404, UP,   404, 404, ^UP$, ''",
        "200, UP,   201, 204, '',   status 200",
        "200, DOWN, 200, 299, ^UP$, '\"^UP$\" is not in the body'",
        "204, '',   200, 299, UP,   '\"UP\" is not in the body'"
    })
    void statusAndBodyMustBothFit(int status, String body, int from, int to, String pattern, String expected)
            throws IOException {
        HttpServer server = answering(HttpServer.create(anyPort(), 8), status, body);
        try {
            ProbeCheck.Http check = new ProbeCheck.Http(
                    uri("http", server),
                    List.of(new StatusRange(from, to)),
                    pattern.isEmpty() ? Optional.empty() : Optional.of(TextPattern.of(pattern)),
                    Optional.empty(),
                    false);

            assertThat(send(check, GENEROUS).orElse("")).isEqualTo(expected);
        } finally {
            server.stop(0);
        }
    }

    /** Each byte comes in time, the whole never. */
    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"})
    void s23_aServerThatDripsForEverMeetsTheDeadline(String beginning) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread dripping = new Thread(() -> drip(server, beginning));
            dripping.start();
            ProbeCheck.Http check = new ProbeCheck.Http(
                    URI.create("http://localhost:" + server.getLocalPort() + "/"),
                    ProbeCheck.Http.GOOD,
                    Optional.of(TextPattern.of("never")),
                    Optional.empty(),
                    false);

            assertThatThrownBy(() -> send(check, Duration.ofMillis(500))).hasMessage("no whole answer within 500 ms");
            dripping.join();
        }
    }

    private static void drip(ServerSocket server, String beginning) {
        try (Socket socket = server.accept()) {
            OutputStream out = socket.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                Thread.sleep(20);
            }
        } catch (IOException ignored) { // the client has hung up
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "garbage\r\n\r\n", "HTTP/1.1 two hundred\r\n\r\n"})
    void whatIsNoAnswerIsAFailure(String answer) throws Exception {
        Thread thread;
        try (ServerSocket server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            thread = new Thread(() -> answerAll(server, answer));
            thread.start();
            URI uri = URI.create("http://localhost:" + server.getLocalPort() + "/");
            Attempt attempt = new Attempt(new ProbeCheck.Http(uri), GENEROUS, List::of, deadlines);

            assertThat(attempt.run())
                    .hasValueSatisfying(text -> assertThat(text).startsWith("http " + uri + ": "));
        }
        thread.join();
    }

    private static void answerAll(ServerSocket server, String answer) {
        while (true) {
            try (Socket socket = server.accept()) {
                socket.getInputStream().read(new byte[4096]);
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException ignored) { // closed
                return;
            }
        }
    }

    @Test
    void tlsIsBelievedByItsAuthorityOrBlindlyAndNotOtherwise() throws Exception {
        Path store = keyStore();
        HttpServer server = answering(tlsServer(store), 200, "UP");
        try {
            URI uri = uri("https", server);

            assertThatThrownBy(() -> send(new ProbeCheck.Http(uri), GENEROUS)).isInstanceOf(IOException.class);
            assertThat(send(tls(uri, Optional.of(certificate(store)), false), GENEROUS))
                    .isEmpty();
            assertThat(send(tls(uri, Optional.empty(), true), GENEROUS)).isEmpty();
            URI otherName = URI.create(uri.toString().replace("localhost", "127.0.0.1"));
            assertThatThrownBy(() -> send(tls(otherName, Optional.of(certificate(store)), false), GENEROUS))
                    .isInstanceOf(IOException.class);
            assertThat(send(tls(otherName, Optional.empty(), true), GENEROUS)).isEmpty();
            assertThatThrownBy(() -> send(tls(uri, Optional.of(store), false), GENEROUS))
                    .hasMessageStartingWith("cannot read certificates of \"" + store + "\"");
        } finally {
            server.stop(0);
        }
    }

    private static ProbeCheck.Http tls(URI uri, Optional<Path> ca, boolean insecure) {
        return new ProbeCheck.Http(uri, ProbeCheck.Http.GOOD, Optional.empty(), ca, insecure);
    }

    private Path keyStore() throws Exception {
        Path store = directory.resolve("store.p12");
        keytool("-genkeypair", "-keystore", store.toString(), "-dname", "CN=localhost", "-ext", "san=dns:localhost");
        return store;
    }

    private Path certificate(Path store) throws Exception {
        Path pem = directory.resolve("ca.pem");
        if (!Files.exists(pem)) {
            keytool("-exportcert", "-rfc", "-keystore", store.toString(), "-file", pem.toString());
        }
        return pem;
    }

    private void keytool(String verb, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), verb));
        command.addAll(List.of("-alias", "server", "-storepass", new String(PASSWORD)));
        if (verb.equals("-genkeypair")) {
            command.addAll(List.of("-keyalg", "EC"));
        }
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.out").toFile())
                .start();
        assertThat(process.waitFor()).as(() -> "keytool " + command).isZero();
    }

    private static HttpsServer tlsServer(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(keys, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(anyPort(), 8);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        return server;
    }
}

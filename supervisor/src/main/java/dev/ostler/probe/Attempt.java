package dev.ostler.probe;

import dev.ostler.spec.ProbeSpec;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.util.Optional;

/** One attempt of a probe. Blocks for at most {@link #TIMEOUT_MILLIS} per step; probe threads only. */
final class Attempt {
    /** For connecting, and again for the answer. */
    static final int TIMEOUT_MILLIS = 2_000;

    private Attempt() {}

    /** Empty when the service is ready, else why not. */
    static Optional<String> run(ProbeSpec probe) {
        try {
            if (probe instanceof ProbeSpec.Tcp tcp) {
                return connect(tcp);
            }
            return get((ProbeSpec.Http) probe);
        } catch (IOException | RuntimeException e) { // the JDK's HTTP client throws some of its own
            return Optional.of(describe(probe) + ": " + e.getMessage());
        }
    }

    /** {@code tcp 127.0.0.1:9092}, {@code http http://127.0.0.1:8080/health}. */
    static String describe(ProbeSpec probe) {
        if (probe instanceof ProbeSpec.Tcp tcp) {
            return "tcp " + tcp.host() + ":" + tcp.port();
        }
        return "http " + ((ProbeSpec.Http) probe).uri();
    }

    private static Optional<String> connect(ProbeSpec.Tcp tcp) throws IOException {
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(tcp.host(), tcp.port()), TIMEOUT_MILLIS);
            return Optional.empty();
        }
    }

    private static Optional<String> get(ProbeSpec.Http http) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) http.uri().toURL().openConnection(Proxy.NO_PROXY);
        try {
            connection.setConnectTimeout(TIMEOUT_MILLIS);
            connection.setReadTimeout(TIMEOUT_MILLIS);
            connection.setInstanceFollowRedirects(false);
            connection.setUseCaches(false);
            connection.setRequestProperty("Connection", "close");
            int status = connection.getResponseCode();
            return status >= 200 && status < 400
                    ? Optional.empty()
                    : Optional.of(describe(http) + ": status " + status);
        } finally {
            connection.disconnect();
        }
    }
}

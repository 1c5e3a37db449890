package dev.ostler.probe;

import dev.ostler.base.Pid;
import dev.ostler.linux.IcmpSocket;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.UnixSocket;
import dev.ostler.spec.ProbeCheck;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Asks what a probe asks. Blocks; probe threads, one at a time. */
final class Attempt {
    private final ProbeCheck.Asked check;
    private final Duration timeout;
    private final Supplier<List<Pid>> processes;
    private final Optional<HttpRequest> http;

    /**
     * @param processes of the service, the main one first
     * @param deadlines ends what takes too long, on a thread of its own
     */
    Attempt(
            ProbeCheck.Asked check,
            Duration timeout,
            Supplier<List<Pid>> processes,
            ScheduledExecutorService deadlines) {
        this.check = check;
        this.timeout = timeout;
        this.processes = processes;
        http = check instanceof ProbeCheck.Http web
                ? Optional.of(new HttpRequest(web, timeout, deadlines))
                : Optional.empty();
    }

    /**
     * Asks once.
     *
     * @return empty for a success, else why not: {@code tcp 127.0.0.1:9092: Connection refused}
     */
    Optional<String> run() {
        try {
            return ask().map(this::describe);
        } catch (IOException | RuntimeException | Error e) { // whatever it is, another attempt must follow
            return Optional.of(describe(e.getMessage() == null ? e.toString() : e.getMessage()));
        }
    }

    /** With what was asked in front. */
    String describe(String answer) {
        return check.describe() + ": " + answer;
    }

    private Optional<String> ask() throws IOException {
        if (check instanceof ProbeCheck.Tcp tcp) {
            return connect(tcp);
        } else if (check instanceof ProbeCheck.Unix unix) {
            return connect(unix);
        } else if (check instanceof ProbeCheck.FileExists file) {
            return Files.exists(file.path()) ? Optional.empty() : Optional.of("there is none");
        } else if (check instanceof ProbeCheck.Listening listening) {
            return ListeningSocket.find(listening.port(), processes.get());
        } else if (check instanceof ProbeCheck.Ping ping) {
            return ping(ping);
        }
        return http.orElseThrow().send();
    }

    private Optional<String> connect(ProbeCheck.Tcp tcp) throws IOException {
        try (Socket socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(tcp.host(), tcp.port()), millis(timeout));
            return Optional.empty();
        }
    }

    private static Optional<String> connect(ProbeCheck.Unix unix) {
        try {
            UnixSocket.connect(unix.path()).close(); // that it was accepted is the answer
            return Optional.empty();
        } catch (KernelException e) {
            return Optional.of(e.errno().toString());
        }
    }

    private Optional<String> ping(ProbeCheck.Ping ping) throws IOException {
        Inet4Address host = Stream.of(InetAddress.getAllByName(ping.host()))
                .filter(Inet4Address.class::isInstance)
                .map(Inet4Address.class::cast)
                .findFirst()
                .orElseThrow(() -> new IOException("it has no IPv4 address"));
        try (IcmpSocket socket = IcmpSocket.open(host)) {
            return socket.ping(timeout)
                    ? Optional.empty()
                    : Optional.of("no reply within " + timeout.toMillis() + " ms");
        }
    }

    static int millis(Duration timeout) {
        return (int) Math.min(Integer.MAX_VALUE, timeout.toMillis());
    }
}

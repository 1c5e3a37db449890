package dev.ostler.probe;

import dev.ostler.spec.ProbeCheck;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.HttpsURLConnection;

/** One GET after the other, each on a connection of its own. Probe threads, one at a time. */
final class HttpRequest {
    /** As much of a body is looked through. */
    private static final int MAX_BODY_BYTES = 256 * 1024;

    private final ProbeCheck.Http check;
    private final Duration timeout;
    private final ScheduledExecutorService deadlines;
    private Optional<Trust> trust = Optional.empty();

    HttpRequest(ProbeCheck.Http check, Duration timeout, ScheduledExecutorService deadlines) {
        this.check = check;
        this.timeout = timeout;
        this.deadlines = deadlines;
    }

    /** Empty for a success, else why it is none. */
    Optional<String> send() throws IOException {
        HttpURLConnection connection = open();
        AtomicBoolean late = new AtomicBoolean();
        // The timeouts of the connection are for each read: a server that sends a byte now and then would meet them
        // all.
        Future<?> deadline = deadlines.schedule(
                () -> {
                    late.set(true);
                    connection.disconnect();
                },
                timeout.toNanos(),
                TimeUnit.NANOSECONDS);
        try {
            int status = connection.getResponseCode();
            if (check.status().stream().noneMatch(range -> range.contains(status))) {
                return Optional.of("status " + status);
            }
            return check.body().isPresent() ? body(connection, late) : Optional.empty();
        } catch (IOException e) {
            if (late.get()) {
                throw new IOException("no whole answer within " + timeout.toMillis() + " ms", e);
            }
            throw e;
        } finally {
            deadline.cancel(false);
            connection.disconnect();
        }
    }

    private HttpURLConnection open() throws IOException {
        HttpURLConnection connection = (HttpURLConnection) check.uri().toURL().openConnection(Proxy.NO_PROXY);
        if (connection instanceof HttpsURLConnection https
                && (check.insecure() || check.ca().isPresent())) {
            if (trust.isEmpty()) {
                trust = Optional.of(
                        check.insecure()
                                ? Trust.everybody()
                                : Trust.in(check.ca().get()));
            }
            trust.get().applyTo(https);
        }
        connection.setConnectTimeout(Attempt.millis(timeout));
        connection.setReadTimeout(Attempt.millis(timeout));
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setRequestProperty("Connection", "close");
        return connection;
    }

    private Optional<String> body(HttpURLConnection connection, AtomicBoolean late) throws IOException {
        InputStream error = connection.getErrorStream(); // where the body of a status from 400 on is
        try (InputStream in = error == null ? connection.getInputStream() : error) {
            byte[] bytes = new byte[MAX_BODY_BYTES];
            int length = 0;
            for (int got = 0; got >= 0 && length < bytes.length; got = in.read(bytes, length, bytes.length - length)) {
                length += got;
                if (late.get()) {
                    throw new IOException("cut short");
                }
            }
            String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
            return check.body().orElseThrow().isIn(text)
                    ? Optional.empty()
                    : Optional.of("\"" + check.body().get() + "\" is not in the body");
        }
    }
}

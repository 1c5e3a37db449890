package dev.ostler.output;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the lines of one service go: its file, the console, followers, and a short memory for error messages. A file that
 * cannot be written loses lines; they are counted and announced as soon as it takes some again. Log thread only.
 */
final class ServiceLog implements AutoCloseable {
    /** Enough to show why a start failed. */
    private static final int REMEMBERED_LINES = 20;

    private static final Logger LOG = LoggerFactory.getLogger(ServiceLog.class);

    private final ServiceName service;
    private final int index;
    private final LineFormat format;
    private final Optional<RotatingFile> file;
    private final Optional<Console> console;
    private final Clock clock;
    private final Deque<String> recent = new ArrayDeque<>();
    private final List<Consumer<String>> followers = new ArrayList<>();
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();
    private long linesInBatch;
    private long dropped;

    ServiceLog(
            ServiceName service,
            int index,
            LineFormat format,
            Optional<RotatingFile> file,
            Optional<Console> console,
            Clock clock) {
        this.service = service;
        this.index = index;
        this.format = format;
        this.file = file;
        this.console = console;
        this.clock = clock;
    }

    void line(StreamTag stream, int run, boolean partial, byte[] bytes, int offset, int length) {
        Instant now = clock.wall();
        int start = batch.size();
        format.append(batch, now, stream, run, partial, bytes, offset, length);
        linesInBatch++;
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        console.ifPresent(out -> out.line(service.value(), index, text));
        if (stream != StreamTag.EVENT) {
            remember(text);
        }
        if (!followers.isEmpty() && batch.size() > start) {
            byte[] all = batch.toByteArray();
            String formatted = new String(all, start, all.length - start - 1, StandardCharsets.UTF_8);
            List.copyOf(followers).forEach(follower -> follower.accept(formatted));
        }
    }

    private void remember(String text) {
        if (recent.size() == REMEMBERED_LINES) {
            recent.removeFirst();
        }
        recent.addLast(text);
    }

    /** Writes what {@link #line} has gathered. */
    void flush() {
        if (batch.size() == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(batch.toByteArray());
        long lines = linesInBatch;
        batch.reset();
        linesInBatch = 0;
        if (file.isEmpty()) {
            return;
        }
        try {
            announceDropped();
            file.get().append(bytes);
        } catch (IOException e) {
            if (dropped == 0) {
                LOG.warn(
                        "service={} event=log-write-failed file=\"{}\" reason=\"{}\"",
                        service,
                        file.get().path(),
                        e.getMessage());
            }
            dropped += lines;
        }
    }

    private void announceDropped() throws IOException {
        if (dropped == 0) {
            return;
        }
        byte[] text = (dropped + " lines dropped: the log file could not be written").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.append(out, clock.wall(), StreamTag.EVENT, 0, false, text, 0, text.length);
        file.get().append(ByteBuffer.wrap(out.toByteArray()));
        dropped = 0;
    }

    /** The last lines of the service's own, oldest first, without stamps. */
    List<String> recent() {
        return List.copyOf(recent);
    }

    /** The last lines as they stand in the files. */
    List<String> tail(int count) {
        if (file.isEmpty()) {
            return recent();
        }
        try {
            return LogTail.read(file.get().files(), count);
        } catch (IOException e) {
            return List.of("cannot read \"" + file.get().path() + "\": " + e.getMessage());
        }
    }

    void follow(Consumer<String> follower) {
        followers.add(follower);
    }

    void unfollow(Consumer<String> follower) {
        followers.remove(follower);
    }

    /** Name of the file lines go to; empty when there is only the console. */
    Optional<Path> path() {
        return file.map(RotatingFile::path);
    }

    @Override
    public void close() {
        flush();
        file.ifPresent(open -> {
            try {
                open.close();
            } catch (IOException ignored) { // written already; there is nobody left to tell
                return;
            }
        });
    }
}

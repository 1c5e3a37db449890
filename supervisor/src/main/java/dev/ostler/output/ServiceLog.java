package dev.ostler.output;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.LogSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the lines of one service go: its file, the console, followers, and a short memory for error messages. A file that
 * cannot be written loses lines; they are counted and announced as soon as it takes some again. Log thread only.
 */
final class ServiceLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceLog.class);

    /** Written at once when gathered: a stamp is many times as long as an empty line, and a file rotates between batches. */
    private static final int MAX_BATCH_BYTES = 64 * 1024;

    /** Lines that are read again to find what an earlier supervisor had read and not yet told. */
    private static final int READ_BACK_LINES = 100_000;

    private final ServiceName service;
    private final int index;
    private LineFormat format;
    private final Optional<RotatingFile> file;
    private final Optional<Console> console;
    private final Clock clock;
    private final RecentLines recent = new RecentLines();
    private int latestRun;
    private long latestRunBegin;
    private final Map<LogReading, Runnable> waiting = new LinkedHashMap<>();
    private final ByteArrayOutputStream batch;
    private Optional<ReadyLine> readyLine;
    private long linesInBatch;
    private long dropped;

    /**
     * @param batch room for lines until they are written; empty between the calls, so all services use the same
     * @param readyLine looked for in the service's own lines
     */
    ServiceLog(
            ServiceName service,
            int index,
            boolean timestamps,
            Optional<RotatingFile> file,
            Optional<Console> console,
            Clock clock,
            ByteArrayOutputStream batch,
            Optional<TextPattern> readyLine) {
        this.readyLine = readyLine.map(ReadyLine::new);
        this.service = service;
        this.index = index;
        this.format = new LineFormat(timestamps);
        this.file = file;
        this.console = console;
        this.clock = clock;
        this.batch = batch;
    }

    /** What is gathered was said under the old one. */
    void reconfigure(LogSpec spec, Optional<TextPattern> newReadyLine) {
        flush();
        format = new LineFormat(spec.timestamps());
        file.ifPresent(open -> open.reconfigure(spec));
        if (!readyLine.map(ReadyLine::pattern).equals(newReadyLine)) { // else it may be waited for
            readyLine = newReadyLine.map(ReadyLine::new);
        }
    }

    /** {@link #flush} comes before another service's line. */
    void line(StreamTag stream, int run, boolean partial, byte[] bytes, int offset, int length) {
        format.append(batch, clock.wall(), stream, run, partial, bytes, offset, length);
        linesInBatch++;
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        console.ifPresent(out -> out.line(service.value(), index, stream == StreamTag.EVENT ? '*' : '|', text));
        if (stream != StreamTag.EVENT) {
            if (run != latestRun) {
                latestRun = run;
                latestRunBegin = recent.end();
            }
            recent.add(text);
            readyLine.ifPresent(line -> line.see(run, text));
        }
        if (batch.size() >= MAX_BATCH_BYTES) {
            flush();
        }
    }

    /** Writes what {@link #line} has gathered and not yet written itself. */
    void flush() {
        if (batch.size() == 0) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.wrap(batch.toByteArray());
        long lines = linesInBatch;
        batch.reset();
        linesInBatch = 0;
        file.ifPresent(open -> write(open, bytes, lines));
        tellWaiting();
    }

    private void write(RotatingFile file, ByteBuffer bytes, long lines) {
        try {
            announceDropped(file);
            file.append(bytes);
        } catch (IOException e) {
            if (dropped == 0) {
                LOG.warn(
                        "service={} event=log-write-failed file=\"{}\" reason=\"{}\"",
                        service,
                        file.path(),
                        e.getMessage());
            }
            dropped += lines;
        }
    }

    private void announceDropped(RotatingFile file) throws IOException {
        if (dropped == 0) {
            return;
        }
        byte[] text = (dropped + " lines dropped: the log file could not be written").getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        format.append(out, clock.wall(), StreamTag.EVENT, 0, false, text, 0, text.length);
        file.append(ByteBuffer.wrap(out.toByteArray()));
        dropped = 0;
    }

    /**
     * Runs {@code said} once, as soon as run {@code run} has printed its line.
     *
     * @param readBack it may stand in the file already
     */
    void whenSaid(int run, boolean readBack, Runnable said) {
        readyLine.ifPresent(line -> {
            if (readBack && !line.isSaidIn(run)) {
                readBack(line, run);
            }
            line.await(run, said);
        });
    }

    private void readBack(ReadyLine line, int run) {
        if (file.isEmpty()) {
            return;
        }
        try (FileCursor cursor = new FileCursor(file.get(), READ_BACK_LINES)) {
            Optional<String> piece = cursor.next();
            while (piece.isPresent() && !line.isSaidIn(run)) {
                line.seeStored(run, piece.get());
                piece = cursor.next();
            }
        } catch (IOException e) {
            LOG.warn("service={} event=log-read-failed reason=\"{}\"", service, e.getMessage());
        }
    }

    private void tellWaiting() {
        List<Runnable> told = List.copyOf(waiting.values());
        waiting.clear();
        told.forEach(Runnable::run);
    }

    ServiceName service() {
        return service;
    }

    /** The last lines of the service's own, oldest first, without stamps. */
    List<String> recent() {
        return recent.all();
    }

    /** Those of one run, as long as no later one has printed. */
    List<String> recent(int run) {
        return run == latestRun ? recent.from(Math.max(recent.first(), latestRunBegin), recent.end()) : List.of();
    }

    /** At the last {@code count} lines as they stand in the files; without files, of those in memory. */
    LogCursor cursor(int count) throws IOException {
        return file.isPresent() ? new FileCursor(file.get(), count) : new RecentCursor(recent, count);
    }

    /** Runs {@code then} once, when there is more to read, unless the reader is forgotten before. */
    void whenWritten(LogReading reader, Runnable then) {
        waiting.put(reader, then);
    }

    void forget(LogReading reader) {
        waiting.remove(reader);
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

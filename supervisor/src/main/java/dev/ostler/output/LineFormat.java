package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/**
 * How a line stands in a log file: {@code 2026-01-31T12:00:00.123456Z stdout F:3 text}. F is a full line, P a partial
 * one (cut at the length limit, or the process ended without a newline); the number is the run. The layout is that of
 * the Kubernetes CRI log format with the run as a further tag. Log thread only.
 */
final class LineFormat {
    private final boolean timestamps;
    private final TimeStamp stamp = new TimeStamp();

    LineFormat(boolean timestamps) {
        this.timestamps = timestamps;
    }

    /** Appends one line. Without timestamps only the text and its newline, and no EVENT lines at all. */
    void append(
            ByteArrayOutputStream out,
            Instant when,
            StreamTag stream,
            int run,
            boolean partial,
            byte[] bytes,
            int offset,
            int length) {
        if (timestamps) {
            out.writeBytes(stamp.of(when));
            out.writeBytes(
                    (" " + stream.text() + (partial ? " P:" : " F:") + run + " ").getBytes(StandardCharsets.US_ASCII));
        } else if (stream == StreamTag.EVENT) {
            return;
        }
        out.write(bytes, offset, length);
        out.write('\n');
    }
}

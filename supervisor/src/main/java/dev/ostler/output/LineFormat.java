package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * How a line stands in a log file: {@code 2026-01-31T12:00:00.123456Z stdout F:3 text}. F is a full line, P a partial
 * one (cut at the length limit, or the process ended without a newline); the number is the run. The layout is that of
 * the Kubernetes CRI log format with the run as a further tag. Log thread only.
 */
final class LineFormat {
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);

    private final boolean timestamps;
    private long cachedSecond = Long.MIN_VALUE;
    private byte[] cachedText = new byte[0];

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
            stamp(out, when);
            out.writeBytes(
                    (" " + stream.text() + (partial ? " P:" : " F:") + run + " ").getBytes(StandardCharsets.US_ASCII));
        } else if (stream == StreamTag.EVENT) {
            return;
        }
        out.write(bytes, offset, length);
        out.write('\n');
    }

    private void stamp(ByteArrayOutputStream out, Instant when) {
        if (when.getEpochSecond() != cachedSecond) {
            cachedSecond = when.getEpochSecond();
            cachedText = SECOND.format(when).getBytes(StandardCharsets.US_ASCII);
        }
        out.writeBytes(cachedText);
        int micros = when.getNano() / 1_000;
        byte[] fraction = new byte[8];
        fraction[0] = '.';
        for (int i = 6; i >= 1; i--) {
            fraction[i] = (byte) ('0' + micros % 10);
            micros /= 10;
        }
        fraction[7] = 'Z';
        out.writeBytes(fraction);
    }
}

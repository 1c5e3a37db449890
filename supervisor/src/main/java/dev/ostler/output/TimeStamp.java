package dev.ostler.output;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * {@code 2026-01-31T12:00:00.123456Z}, as all logs have it. Written without a formatter, which would take a tenth of the time
 * of a start to load. The text of the last second is kept. One thread at a time.
 */
final class TimeStamp {
    private static final int WITHOUT_SECONDS = "2026-01-31T12:00".length();

    private long second = Long.MIN_VALUE;
    private String text = "";

    byte[] of(Instant when) {
        if (when.getEpochSecond() != second) {
            second = when.getEpochSecond();
            text = second(LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC));
        }
        byte[] bytes = (text + ".000000Z").getBytes(StandardCharsets.US_ASCII);
        int micros = when.getNano() / 1_000;
        for (int i = bytes.length - 2; micros > 0; i--) {
            bytes[i] = (byte) ('0' + micros % 10);
            micros /= 10;
        }
        return bytes;
    }

    /** Its own text leaves out seconds that are 0. */
    private static String second(LocalDateTime time) {
        String text = time.toString();
        return text.length() == WITHOUT_SECONDS ? text + ":00" : text;
    }
}

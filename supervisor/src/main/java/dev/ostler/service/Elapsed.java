package dev.ostler.service;

import java.time.Duration;
import java.util.Locale;

/** A duration as people read it. */
public final class Elapsed {
    private Elapsed() {}

    /** {@code 50 ms}, {@code 3.2 s}, {@code 60 s}, {@code 4 min 5 s}, {@code 3 h 0 min}, {@code 2 d 5 h}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        if (millis < 1000) {
            return millis + " ms";
        }
        long seconds = duration.toSeconds();
        if (seconds < 60 && millis % 1000 >= 100) {
            return String.format(Locale.ROOT, "%d.%d s", seconds, millis % 1000 / 100);
        }
        if (seconds <= 120) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        long minutes = seconds / 60;
        return minutes < 24 * 60
                ? minutes / 60 + " h " + minutes % 60 + " min"
                : minutes / (24 * 60) + " d " + minutes / 60 % 24 + " h";
    }
}

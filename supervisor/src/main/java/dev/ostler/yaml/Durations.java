package dev.ostler.yaml;

import java.time.Duration;

/** Durations: a whole number and {@code ms}, {@code s}, {@code m} or {@code h}. */
final class Durations {
    /** A year: more is a slip of the keyboard, and every deadline stays far from overflow. */
    static final Duration LONGEST = Duration.ofHours(8760);

    private static final int MOST_DIGITS = 12;

    private Durations() {}

    static Duration parse(String text) throws BadValue {
        int digits = 0;
        while (digits < text.length() && Scalars.isDigit(text.charAt(digits))) {
            digits++;
        }
        long millis =
                switch (text.substring(digits)) {
                    case "ms" -> 1;
                    case "s" -> 1_000;
                    case "m" -> 60_000;
                    case "h" -> 3_600_000;
                    default -> 0;
                };
        if (digits == 0 || millis == 0) {
            throw new BadValue("\"" + text + "\" is not a duration; write 250ms, 10s, 5m or 1h");
        }
        long number = digits > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(text.substring(0, digits));
        if (number > LONGEST.toMillis() / millis) {
            throw new BadValue("\"" + text + "\" is too long; at most 8760h");
        }
        return Duration.ofMillis(number * millis);
    }

    /** Also with {@code ns} and {@code us}; at least a nanosecond. */
    static Duration parseFine(String text) throws BadValue {
        int unit = text.endsWith("ns") ? 1 : text.endsWith("us") ? 1_000 : 0;
        if (unit == 0) {
            return parsePositive(text);
        }
        String digits = text.substring(0, text.length() - 2);
        boolean good = !digits.isEmpty() && digits.chars().allMatch(c -> Scalars.isDigit((char) c));
        if (!good) {
            throw new BadValue("\"" + text + "\" is not a duration; write 500ns, 50us, 10ms or 1s");
        }
        long number = digits.length() > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(digits);
        if (number > LONGEST.toNanos() / unit) {
            throw new BadValue("\"" + text + "\" is too long; at most 8760h");
        }
        if (number == 0) {
            throw new BadValue("\"" + text + "\" is too short; at least 1ns");
        }
        return Duration.ofNanos(number * unit);
    }

    static Duration parsePositive(String text) throws BadValue {
        Duration duration = parse(text);
        if (duration.isZero()) {
            throw new BadValue("\"" + text + "\" is too short; at least 1ms");
        }
        return duration;
    }
}

package dev.ostler.yaml;

import dev.ostler.base.NearestWord;
import dev.ostler.base.Signal;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.StopSpec;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** The meanings of single texts that need no class of their own. */
final class Scalars {
    /** More digits than any number asked for in this language has. */
    private static final int MOST_DIGITS = 19;

    private Scalars() {}

    static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    static String nonEmpty(String text) throws BadValue {
        if (text.isEmpty()) {
            throw new BadValue("expected text, found an empty one");
        }
        return text;
    }

    /** YAML 1.1 knows 22 spellings of two values; two are enough, and {@code no} stays a country. */
    static boolean bool(String text) throws BadValue {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new BadValue("expected true or false, found \"" + text + "\"");
        };
    }

    static TextParser<Integer> integer(int min, int max) {
        TextParser<Long> parser = wholeNumber(min, max);
        return text -> Math.toIntExact(parser.parse(text));
    }

    static TextParser<Long> wholeNumber(long min, long max) {
        return text -> {
            try {
                if (text.length() <= MOST_DIGITS + 1 && !text.startsWith("+")) {
                    long number = Long.parseLong(text);
                    if (number >= min && number <= max) {
                        return number;
                    }
                }
            } catch (NumberFormatException ignored) { // reported below, as a number out of range is
            }
            throw new BadValue("\"" + text + "\" is not a whole number from " + min + " to " + max);
        };
    }

    static TextParser<Double> decimal(double min, double max) {
        return text -> {
            try {
                double number = Double.parseDouble(text);
                if (number >= min && number <= max) {
                    return number;
                }
            } catch (NumberFormatException ignored) { // reported below, as a number out of range is
            }
            throw new BadValue("\"" + text + "\" is not a number from " + min + " to " + max);
        };
    }

    /** Permission bits; always octal, quoted or not. */
    static TextParser<Integer> octal(int max) {
        return text -> {
            int value = 0;
            boolean good = !text.isEmpty() && text.length() <= 5;
            for (int i = 0; i < text.length() && good; i++) {
                char c = text.charAt(i);
                good = c >= '0' && c <= '7';
                value = value * 8 + c - '0';
            }
            if (!good || value > max) {
                throw new BadValue("\"" + text + "\" is not an octal number from 0 to 0" + Integer.toOctalString(max));
            }
            return value;
        };
    }

    static Signal signal(String text) throws BadValue {
        return Signal.parse(text)
                .orElseThrow(() -> new BadValue("unknown signal \"" + text + "\"; write TERM, SIGTERM, RTMIN+3 or 15"));
    }

    static TextParser<String> oneOf(String what, List<String> known) {
        return text -> {
            if (known.contains(text)) {
                return text;
            }
            String hint = NearestWord.hint(text, known);
            throw new BadValue("unknown " + what + " \"" + text + "\""
                    + (hint.isEmpty() ? "; one of " + String.join(", ", known) : hint));
        };
    }

    static TextParser<Path> pathIn(Path directory) {
        return text -> {
            try {
                return directory.resolve(nonEmpty(text)).normalize();
            } catch (InvalidPathException e) {
                // A JVM in the C locale cannot name a file with other than ASCII characters.
                throw new BadValue("\"" + text + "\" is not a path here: " + e.getReason());
            }
        };
    }

    /** Who gets a signal. */
    static TextParser<StopSpec.Scope> scope() {
        TextParser<String> name = oneOf("receiver", List.of("main", "group", "all"));
        return text -> StopSpec.Scope.valueOf(name.parse(text).toUpperCase(Locale.ROOT));
    }

    /** A regular expression. */
    static TextPattern pattern(String text) throws BadValue {
        try {
            return TextPattern.of(nonEmpty(text));
        } catch (IllegalArgumentException e) {
            throw new BadValue("\"" + text + "\" is not a regular expression: " + e.getMessage());
        }
    }
}

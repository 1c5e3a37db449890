package dev.ostler.jvm;

import java.util.List;
import java.util.Optional;

/**
 * What HotSpot prints on its way down, to standard output, of JDK 17 to 25 (vmError.cpp, debug.cpp). Others may print the same,
 * so it only explains an end that is known, and no file that it names is touched. Pure.
 */
public final class JvmOutput {
    private static final List<String> OUT_OF_MEMORY = List.of(
            "Terminating due to java.lang.OutOfMemoryError: ", // -XX:+ExitOnOutOfMemoryError
            "Aborting due to java.lang.OutOfMemoryError: "); // -XX:+CrashOnOutOfMemoryError

    private static final String CRASH = "# A fatal error has been detected by the Java Runtime Environment:";
    private static final String FRAME = "# Problematic frame:";
    private static final String REPORT = "# An error report file with more information is saved as:";

    /** As long as the header of a crash can be and still be read by people. */
    private static final int MOST_CHARACTERS = 200;

    private final List<String> lines;

    /** @param lines the last ones of the run */
    public JvmOutput(List<String> lines) {
        this.lines = List.copyOf(lines);
    }

    /**
     * A fatal error.
     *
     * @param error signal, place and frame
     * @param report the hs_err file, as the JVM sees it; empty = none
     */
    public record Crash(String error, String report) {}

    /** What it was short of when it ended itself for that: {@code Java heap space}. */
    public Optional<String> outOfMemory() {
        for (String line : lines) {
            for (String mark : OUT_OF_MEMORY) {
                if (line.startsWith(mark)) {
                    return Optional.of(cut(line.substring(mark.length())));
                }
            }
        }
        return Optional.empty();
    }

    public Optional<Crash> crash() {
        int at = lines.indexOf(CRASH);
        if (at < 0) {
            return Optional.empty();
        }
        String error = lines.stream()
                .skip(at + 1)
                .map(JvmOutput::comment)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
        String frame = after(FRAME).map(line -> ", in " + line).orElse("");
        return Optional.of(new Crash(cut(error + frame), cut(after(REPORT).orElse(""))));
    }

    private Optional<String> after(String line) {
        int at = lines.indexOf(line);
        return at >= 0 && at + 1 < lines.size() ? Optional.of(comment(lines.get(at + 1))) : Optional.empty();
    }

    private static String comment(String line) {
        return line.startsWith("#") ? line.substring(1).strip() : line.strip();
    }

    /** For a terminal: whatever printed it may have meant it for one. */
    private static String cut(String text) {
        String printable = text.replaceAll("\\p{Cntrl}", "?");
        return printable.length() <= MOST_CHARACTERS ? printable : printable.substring(0, MOST_CHARACTERS);
    }
}

package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ByteSize;
import dev.ostler.spec.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
    @TempDir
    Path directory;

    @Test
    void renamesAFileThatHasReachedItsSizeAndKeepsAsManyAsAsked() throws IOException {
        try (RotatingFile file = file(10, 2)) {
            for (String line : List.of("first\n", "second\n", "third\n", "fourth\n")) {
                append(file, line);
            }

            assertThat(Files.readString(directory.resolve("web.log"))).isEqualTo("fourth\n");
            assertThat(Files.readString(directory.resolve("web.log.1"))).isEqualTo("third\n");
            assertThat(Files.readString(directory.resolve("web.log.2"))).isEqualTo("second\n");
            assertThat(directory.resolve("web.log.3")).doesNotExist();
        }
    }

    @Test
    void goesOnInAFileThatExists() throws IOException {
        Files.writeString(directory.resolve("web.log"), "before\n");
        try (RotatingFile file = file(1000, 2)) {
            append(file, "after\n");
        }

        assertThat(directory.resolve("web.log")).hasContent("before\nafter");
    }

    @Test
    void gluesNothingToALineThatWasCutShort() throws IOException {
        Files.writeString(directory.resolve("web.log"), "killed in the mid");
        try (RotatingFile file = file(1000, 2)) {
            append(file, "after\n");
            append(file, "more\n");
        }

        assertThat(directory.resolve("web.log")).hasContent("killed in the mid\nafter\nmore");
    }

    @Test
    void tailsOverOldFilesInOrder() throws IOException {
        try (RotatingFile file = file(12, 3)) {
            for (int i = 1; i <= 6; i++) {
                append(file, "line" + i + "\n");
            }

            assertThat(tail(file, 3)).containsExactly("line4", "line5", "line6");
            assertThat(tail(file, 1)).containsExactly("line6");
            assertThat(tail(file, 0)).isEmpty();
            assertThat(tail(file, 100)).containsExactly("line1", "line2", "line3", "line4", "line5", "line6");
        }
    }

    @Test
    void tailsLinesThatCrossBlocksAndEmptyOnes() throws IOException {
        String longLine = "y".repeat(70_000);
        Files.writeString(directory.resolve("web.log"), "a\n\n" + longLine + "\n\nend\n");
        RotatingFile file = file(1_000_000, 0);

        assertThat(tail(file, 10)).containsExactly("a", "", longLine, "", "end");
        assertThat(tail(file, 5)).containsExactly("a", "", longLine, "", "end");
        assertThat(tail(file, 3)).containsExactly(longLine, "", "end");
        assertThat(tail(file, 2)).containsExactly("", "end");
    }

    @Test
    void aCursorGivesWhatWasThereThenWhatComesOverRotations() throws IOException {
        try (RotatingFile file = file(12, 3);
                LogCursor cursor = new FileCursor(file, Integer.MAX_VALUE)) {
            assertThat(cursor.next()).isEmpty();
            cursor.goOn();
            StringBuilder read = new StringBuilder();
            for (int i = 1; i <= 9; i++) {
                append(file, "line" + i + "\n");
                if (i % 3 == 0) {
                    read.append(rest(cursor));
                }
            }

            assertThat(read.toString().lines())
                    .containsExactly("line1", "line2", "line3", "line4", "line5", "line6", "line7", "line8", "line9");
        }
    }

    @Test
    void aCursorThatIsTooSlowSaysSoAndGoesOn() throws IOException {
        try (RotatingFile file = file(6, 1);
                LogCursor cursor = new FileCursor(file, Integer.MAX_VALUE)) {
            cursor.goOn();
            append(file, "line1\n");
            cursor.next();
            for (int i = 2; i <= 6; i++) {
                append(file, "line" + i + "\n");
            }

            assertThat(rest(cursor))
                    .isEqualTo("lines skipped: the log was rotated faster than it was read\nline5\nline6\n");
        }
    }

    private static List<String> tail(RotatingFile file, int count) throws IOException {
        try (LogCursor cursor = new FileCursor(file, count)) {
            return rest(cursor).lines().toList();
        }
    }

    private static String rest(LogCursor cursor) throws IOException {
        StringBuilder text = new StringBuilder();
        for (Optional<String> piece = cursor.next(); piece.isPresent(); piece = cursor.next()) {
            text.append(piece.get());
        }
        return text.toString();
    }

    private RotatingFile file(long size, int keep) {
        return new RotatingFile(directory.resolve("web.log"), new LogSpec(new ByteSize(size), keep, true));
    }

    private static void append(RotatingFile file, String text) throws IOException {
        file.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}

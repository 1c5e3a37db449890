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
    void tailsOverOldFilesInOrder() throws IOException {
        try (RotatingFile file = file(12, 3)) {
            for (int i = 1; i <= 6; i++) {
                append(file, "line" + i + "\n");
            }

            assertThat(LogTail.read(file.files(), 3)).containsExactly("line4", "line5", "line6");
            assertThat(LogTail.read(file.files(), 100))
                    .containsExactly("line1", "line2", "line3", "line4", "line5", "line6");
        }
    }

    @Test
    void tailsLinesThatCrossBlocksAndEmptyOnes() throws IOException {
        String longLine = "y".repeat(70_000);
        Path path = Files.writeString(directory.resolve("x.log"), "a\n\n" + longLine + "\n\nend\n");

        assertThat(LogTail.read(List.of(path), 10)).containsExactly("a", "", longLine, "", "end");
        assertThat(LogTail.read(List.of(path), 2)).containsExactly("", "end");
    }

    private RotatingFile file(long size, int keep) {
        return new RotatingFile(directory.resolve("web.log"), new LogSpec(new ByteSize(size), keep, true));
    }

    private static void append(RotatingFile file, String text) throws IOException {
        file.append(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }
}

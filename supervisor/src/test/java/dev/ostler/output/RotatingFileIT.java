package dev.ostler.output;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.ByteSize;
import dev.ostler.spec.LogSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system that is full. */
class RotatingFileIT {
    @TempDir
    Path directory;

    @Test
    void aLineThatDidNotFitIsNotContinuedByTheNext() throws Exception {
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs"), "may mount a tmpfs");
        try (RotatingFile file =
                new RotatingFile(directory.resolve("web.log"), new LogSpec(new ByteSize(1 << 20), 1, true))) {
            Path ballast = Files.write(directory.resolve("ballast"), new byte[32 * 1024]);
            file.append(ByteBuffer.wrap("first\n".getBytes(UTF_8)));
            ByteBuffer tooLong = ByteBuffer.wrap(("x".repeat(60_000) + "\n").getBytes(UTF_8));
            assertThatThrownBy(() -> file.append(tooLong)).isInstanceOf(IOException.class);
            assertThat(tooLong.position()).isPositive(); // some of it is there
            Files.delete(ballast);

            file.append(ByteBuffer.wrap("after\n".getBytes(UTF_8)));

            List<String> lines = Files.readAllLines(directory.resolve("web.log"));
            assertThat(lines).hasSize(3);
            assertThat(lines.get(1)).matches("x+");
            assertThat(lines.get(2)).isEqualTo("after");
        } finally {
            run("umount");
        }
    }

    private boolean run(String... words) throws Exception {
        List<String> command = new java.util.ArrayList<>(List.of(words));
        command.add(directory.toString());
        return new ProcessBuilder(command).inheritIO().start().waitFor() == 0;
    }
}

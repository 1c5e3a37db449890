package dev.ostler.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.it.Eventually;
import dev.ostler.yaml.FileReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is being written is never read by halves. */
class LeasedFilesIT {
    @TempDir
    Path directory;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private static String read(FileReader files, Path file) {
        try {
            return new String(files.read(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return "cannot read: " + e.getMessage();
        }
    }

    @Test
    void aWriterIsWaitedFor() throws Exception {
        Path file = file("a", "old");
        CountDownLatch asked = new CountDownLatch(1);
        CompletableFuture<String> text;
        try (FileOutputStream writer = new FileOutputStream(file.toFile())) {
            writer.write("first half, ".getBytes(StandardCharsets.UTF_8));
            text = CompletableFuture.supplyAsync(() -> LeasedFiles.load(files -> {
                String found = read(files, file);
                asked.countDown();
                return found;
            }));
            assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
            writer.write("second half".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(text.get(20, TimeUnit.SECONDS)).isEqualTo("first half, second half");
    }

    @Test
    void whoComesInTheMiddleWaitsAndAllIsReadAgain() throws Exception {
        Path first = file("a", "1");
        Path second = file("b", "1");
        AtomicInteger attempts = new AtomicInteger();

        String text = LeasedFiles.load(files -> {
            String a = read(files, first);
            if (attempts.incrementAndGet() == 1) {
                CompletableFuture.runAsync(() -> write(first, "2").write(second, "2"));
                awaitBreak(first);
            }
            return a + read(files, second);
        });

        assertThat(text).isIn("22", "21");
        assertThat(attempts.get()).isGreaterThan(1);
    }

    private LeasedFilesIT write(Path file, String text) {
        try {
            Files.writeString(file, text);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** /proc/locks says so as soon as the writer has come. */
    private static void awaitBreak(Path file) {
        Eventually.until("the writer has come", () -> {
            String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
            return Files.readAllLines(Path.of("/proc/locks")).stream()
                    .anyMatch(line -> line.contains("BREAKING") && line.contains(inode));
        });
    }

    @Test
    void whatIsNotThereIsToldAsAnywhere() {
        Path missing = directory.resolve("none");

        LeasedFiles.load(files -> {
            assertThatThrownBy(() -> files.read(missing)).isInstanceOf(NoSuchFileException.class);
            return true;
        });
    }

    @Test
    void dropInsAreListed() throws Exception {
        Path file = file("10.yaml", "");

        List<Path> found = LeasedFiles.load(this::list);

        assertThat(found).containsExactly(file);
    }

    private List<Path> list(FileReader files) {
        try {
            return files.list(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

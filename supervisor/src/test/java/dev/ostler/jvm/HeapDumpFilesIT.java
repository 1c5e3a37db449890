package dev.ostler.jvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Heap dumps are found by the descriptors of who writes them. */
class HeapDumpFilesIT {
    private static final Pid SELF = new Pid((int) ProcessHandle.current().pid());
    private static final Pid NOBODY = new Pid(Integer.MAX_VALUE);

    @TempDir
    private Path directory;

    @Test
    void j8_whatIsOpenForWritingIsBeingWrittenWithAllItsParts() throws IOException {
        Path main = Files.writeString(directory.resolve("java_pid7.hprof"), "12345");
        Path part = Files.writeString(directory.resolve("java_pid7.hprof.p0"), "123");

        try (FileChannel first = FileChannel.open(main, StandardOpenOption.WRITE);
                FileChannel second = FileChannel.open(part, StandardOpenOption.WRITE)) {
            assertThat(first.isOpen() && second.isOpen()).isTrue();
            assertThat(HeapDumpFiles.of(List.of(NOBODY, SELF))).contains(new HeapDumpFiles.Dump("java_pid7.hprof", 8));
        }
        assertThat(HeapDumpFiles.of(List.of(SELF))).isEmpty();
    }

    @Test
    void whoReadsOneWritesNone() throws IOException {
        Path dump = Files.writeString(directory.resolve("old.hprof"), "12345");
        Path other = Files.writeString(directory.resolve("other.log"), "1");

        try (FileChannel read = FileChannel.open(dump, StandardOpenOption.READ);
                FileChannel written = FileChannel.open(other, StandardOpenOption.WRITE)) {
            assertThat(read.isOpen() && written.isOpen()).isTrue();
            assertThat(HeapDumpFiles.of(List.of(SELF))).isEmpty();
        }
    }
}

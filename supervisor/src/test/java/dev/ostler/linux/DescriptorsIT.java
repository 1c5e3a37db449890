package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.O_NONBLOCK;
import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static dev.ostler.linux.LinuxConstants.O_RDWR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsIT {
    @TempDir
    Path directory;

    private final NativeBuffer buffer = NativeBuffer.allocate(64);

    @Test
    void aPipeCarriesBytesThenWouldBlockThenEnds() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK)) {
            buffer.bytes().put(0, "hello".getBytes(StandardCharsets.US_ASCII));

            assertThat(Descriptors.read(pipe.readEnd(), buffer, 32, 32)).isEqualTo(Descriptors.WOULD_BLOCK);
            assertThat(Descriptors.write(pipe.writeEnd(), buffer, 0, 5)).isEqualTo(5);
            assertThat(Descriptors.read(pipe.readEnd(), buffer, 32, 32)).isEqualTo(5);
            assertThat(text(32, 5)).isEqualTo("hello");

            pipe.writeEnd().close();
            assertThat(Descriptors.read(pipe.readEnd(), buffer, 0, 5)).isZero();
        }
    }

    @Test
    void aLookIntoAPipeTakesNothing() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK);
                Pipe copy = Descriptors.pipe(O_NONBLOCK)) {
            assertThat(Descriptors.tee(pipe.readEnd(), copy.writeEnd(), 64)).isEqualTo(Descriptors.WOULD_BLOCK);
            buffer.bytes().put(0, "hello".getBytes(StandardCharsets.US_ASCII));
            Descriptors.write(pipe.writeEnd(), buffer, 0, 5);

            assertThat(Descriptors.tee(pipe.readEnd(), copy.writeEnd(), 64)).isEqualTo(5);
            assertThat(Descriptors.tee(pipe.readEnd(), copy.writeEnd(), 64)).isEqualTo(5);

            assertThat(Descriptors.read(pipe.readEnd(), buffer, 32, 32)).isEqualTo(5);
            pipe.writeEnd().close();
            assertThat(Descriptors.tee(pipe.readEnd(), copy.writeEnd(), 64)).isZero();
        }
    }

    @Test
    void aFullPipeWouldBlockAndABrokenOneIsAnError() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK)) {
            NativeBuffer page = NativeBuffer.allocate(4096);
            int written = 0;
            for (int count; (count = Descriptors.write(pipe.writeEnd(), page, 0, 4096)) > 0; ) {
                written += count;
            }
            assertThat(written).isEqualTo(Descriptors.pipeSize(pipe.readEnd()));

            pipe.readEnd().close();
            assertThatThrownBy(() -> Descriptors.write(pipe.writeEnd(), page, 0, 1))
                    .isInstanceOf(KernelException.class)
                    .hasMessageMatching("write \"fd \\d+\": EPIPE \\(Broken pipe\\)");
        }
    }

    @Test
    void rangesOutsideTheBufferAreRefusedBeforeTheKernelSeesThem() {
        try (Pipe pipe = Descriptors.pipe(O_NONBLOCK)) {
            assertThatThrownBy(() -> Descriptors.read(pipe.readEnd(), buffer, 60, 5))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void thePipeSizeCanBeAskedAndSet() {
        try (Pipe pipe = Descriptors.pipe(0)) {
            assertThat(Descriptors.setPipeSize(pipe.writeEnd(), 8192)).isEqualTo(8192);
            assertThat(Descriptors.pipeSize(pipe.readEnd())).isEqualTo(8192);
            assertThatThrownBy(() -> Descriptors.setPipeSize(pipe.writeEnd(), -1))
                    .isInstanceOf(KernelException.class);
        }
    }

    @Test
    void positionedReadsLeaveTheSharedOffsetAlone() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "0123456789");
        try (Fd fd = Descriptors.open(file, O_RDWR)) {
            assertThat(Descriptors.pread(fd, buffer, 0, 3, 7)).isEqualTo(3);
            assertThat(text(0, 3)).isEqualTo("789");
            assertThat(Descriptors.pwrite(fd, buffer, 0, 3, 0)).isEqualTo(3);
            assertThat(Descriptors.read(fd, buffer, 0, 10)).isEqualTo(10);
            assertThat(text(0, 10)).isEqualTo("7893456789");
            assertThat(Descriptors.pread(fd, buffer, 0, 3, 10)).isZero();
        }
    }

    @Test
    void writesFilesAndCutsThem() throws Exception {
        Path file = directory.resolve("file");
        int flags = O_RDWR | LinuxConstants.O_CREAT | LinuxConstants.O_EXCL;
        try (Fd fd = Descriptors.open(file, flags, 0600)) {
            Descriptors.writeFully(fd, ByteBuffer.wrap("abcdef".getBytes(StandardCharsets.US_ASCII)));
            Descriptors.truncate(fd, 4);
        }
        assertThat(Files.readString(file)).isEqualTo("abcd");
        assertThat(Descriptors.identity(file).mode()).isEqualTo(LinuxConstants.S_IFREG | 0600);
        assertThatThrownBy(() -> Descriptors.open(file, flags, 0600))
                .matches(e -> ((KernelException) e).is(Errno.EEXIST));
    }

    @Test
    void nonBlockingIsAPropertyOfTheDescription() {
        try (Pipe pipe = Descriptors.pipe(0);
                Fd copy = pipe.readEnd().dup()) {
            Descriptors.setNonBlocking(pipe.readEnd(), true);
            assertThat(Descriptors.statusFlags(copy) & O_NONBLOCK).isEqualTo(O_NONBLOCK);
            Descriptors.setNonBlocking(copy, false);
            assertThat(Descriptors.statusFlags(pipe.readEnd()) & O_NONBLOCK).isZero();
        }
    }

    @Test
    void identityAgreesWithNioAndFollowsProcLinks() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "12345");
        try (Fd fd = Descriptors.open(file, O_RDONLY)) {
            FileIdentity identity = Descriptors.identity(fd);

            assertThat(identity.inode()).isEqualTo(Files.getAttribute(file, "unix:ino"));
            assertThat(identity.size()).isEqualTo(5);
            assertThat(identity.uid()).isEqualTo(Ids.effectiveUid());
            assertThat(identity.isSameFile(Descriptors.identity(Path.of("/proc/self/fd/" + fd.number()))))
                    .isTrue();
        }
        assertThatThrownBy(() -> Descriptors.identity(directory.resolve("none")))
                .hasMessageStartingWith("statx \"" + directory.resolve("none"))
                .hasMessageEndingWith("ENOENT (No such file or directory)");
    }

    @Test
    void bothEndsOfAPipeAreOneFileButTwoDescriptions() {
        try (Pipe pipe = Descriptors.pipe(0)) {
            assertThat(Descriptors.identity(pipe.readEnd()).isSameFile(Descriptors.identity(pipe.writeEnd())))
                    .isTrue();
            assertThat(Descriptors.sameDescription(pipe.readEnd(), pipe.writeEnd()))
                    .isFalse();
        }
    }

    @Test
    void sameDescriptionSeesThroughDuplicatesButNotThroughReopening() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        try (Fd fd = Descriptors.open(file, O_RDONLY);
                Fd copy = fd.dup();
                Fd again = Descriptors.open(file, O_RDONLY)) {
            assertThat(Descriptors.sameDescription(fd, copy)).isTrue();
            assertThat(Descriptors.sameDescription(fd, again)).isFalse();
        }
    }

    @Test
    void dup2MakesAnInheritedNumber() {
        try (Pipe pipe = Descriptors.pipe(0);
                Fd target = pipe.writeEnd().dup(300)) {
            Descriptors.dup2(pipe.readEnd(), target.number());

            assertThat(Descriptors.sameDescription(pipe.readEnd(), target)).isTrue();
            assertThat(Descriptors.isCloseOnExec(target)).isFalse();
            assertThatThrownBy(() -> Descriptors.dup2(pipe.readEnd(), -1))
                    .matches(e -> ((KernelException) e).is(Errno.EBADF));
        }
    }

    @Test
    void aPathWithNulIsRefused() {
        assertThatThrownBy(() -> NativeBuffer.ofString("a\0b")).hasMessageContaining("EINVAL");
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            aPipeCarriesBytesThenWouldBlockThenEnds();
            bothEndsOfAPipeAreOneFileButTwoDescriptions();
            dup2MakesAnInheritedNumber();
        });
    }

    private String text(int offset, int length) {
        byte[] bytes = new byte[length];
        buffer.bytes().get(offset, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class MemfdIT {
    private static final byte[] CONTENT = "a plan".getBytes(StandardCharsets.US_ASCII);

    @Test
    void aSealedOneHoldsItsContentForGood() {
        try (Fd fd = Memfd.sealed("plan", ByteBuffer.wrap(CONTENT))) {
            assertThat(Memfd.readAll(fd, 100)).isEqualTo(CONTENT);
            assertThat(Memfd.seals(fd)).isEqualTo(Memfd.IMMUTABLE);
            assertThat(Descriptors.isCloseOnExec(fd)).isTrue();

            NativeBuffer byteBuffer = NativeBuffer.allocate(1);
            assertThatThrownBy(() -> Descriptors.pwrite(fd, byteBuffer, 0, 1, 0))
                    .hasMessageContaining("EPERM");
            assertThatThrownBy(() -> Descriptors.truncate(fd, 0)).hasMessageContaining("EPERM");
            assertThatThrownBy(() -> Memfd.seal(fd, LinuxConstants.F_SEAL_GROW))
                    .hasMessage("fcntl(F_ADD_SEALS) \"" + fd + "\": EPERM (Operation not permitted)");
        }
    }

    @Test
    void sealsCanBeSetOneByOne() {
        try (Fd fd = Memfd.create("state")) {
            Descriptors.truncate(fd, 10);
            Memfd.seal(fd, LinuxConstants.F_SEAL_SHRINK);

            Descriptors.truncate(fd, 20);
            assertThatThrownBy(() -> Descriptors.truncate(fd, 10)).hasMessageContaining("EPERM");
            assertThat(Memfd.seals(fd)).isEqualTo(LinuxConstants.F_SEAL_SHRINK);
        }
    }

    @Test
    void readingDoesNotMoveTheSharedOffset() {
        try (Fd fd = Memfd.create("shared")) {
            Descriptors.writeFully(fd, ByteBuffer.wrap(CONTENT));
            Memfd.readAll(fd, 100);
            Descriptors.writeFully(fd, ByteBuffer.wrap(CONTENT));

            assertThat(Memfd.readAll(fd, 100)).hasSize(2 * CONTENT.length);
        }
    }

    @Test
    void anEmptyOneIsReadAsNothingAndALongOneIsRefused() {
        try (Fd empty = Memfd.create("empty");
                Fd full = Memfd.sealed("full", ByteBuffer.wrap(CONTENT))) {
            assertThat(Memfd.readAll(empty, 0)).isEmpty();
            assertThatThrownBy(() -> Memfd.readAll(full, CONTENT.length - 1))
                    .matches(e -> ((KernelException) e).is(Errno.EMSGSIZE));
        }
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> Memfd.create("x".repeat(250))).matches(e -> ((KernelException) e).is(Errno.EINVAL));
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            aSealedOneHoldsItsContentForGood();
            readingDoesNotMoveTheSharedOffset();
        });
    }
}

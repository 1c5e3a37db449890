package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FutexIT {
    private static int read(Fd fd, int offset) {
        NativeBuffer word = NativeBuffer.allocate(4);
        Descriptors.pread(fd, word, 0, 4, offset);
        return word.bytes().getInt(0);
    }

    @Test
    void whatIsRaisedIsInTheFileForAllWhoHaveItOpen() {
        try (Fd fd = Memfd.create("futex")) {
            NativeBuffer page = NativeBuffer.allocate(4096);
            page.bytes().putInt(8, 41);
            Descriptors.pwrite(fd, page, 0, 4096, 0);
            Futex futex = Futex.map(fd, 8);

            futex.advance();

            assertThat(read(fd, 8)).isEqualTo(42);
            try (Fd reader = Memfd.readOnly(fd)) {
                assertThat(read(reader, 8)).isEqualTo(42);
                assertThatThrownBy(() -> Descriptors.pwrite(reader, page, 0, 1, 0))
                        .isInstanceOf(KernelException.class)
                        .hasMessageContaining("EBADF");
            }
        }
    }

    @Test
    void whatCannotBeMappedForWritingIsSaid() {
        try (Fd fd = Memfd.create("futex");
                Fd reader = Memfd.readOnly(fd)) {
            assertThatThrownBy(() -> Futex.map(reader, 0))
                    .hasMessageContaining("mmap")
                    .hasMessageContaining("EACCES");
        }
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketIT {
    @TempDir
    Path directory;

    private final NativeBuffer buffer = NativeBuffer.allocate(4096);

    @Test
    void aClientConnectsAndIsKnown() {
        Path path = directory.resolve("socket");
        try (UnixSocket listener = UnixSocket.listen(path)) {
            assertThat(listener.accept()).isEmpty();
            try (UnixSocket client = UnixSocket.connect(path);
                    UnixSocket served = listener.accept().orElseThrow()) {
                PeerCredentials peer = served.peer();

                assertThat(peer.pid()).contains(Ids.pid());
                assertThat(peer.uid()).isEqualTo(Ids.effectiveUid());
                assertThat(peer.gid()).isEqualTo(Ids.effectiveGid());
                assertThat(Descriptors.isCloseOnExec(served.fd())).isTrue();
                assertThat(exchange(client, served)).isEqualTo("hello");
            }
        }
    }

    @Test
    void readsWouldBlockThenEnd() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket right = pair.get(1)) {
            assertThat(right.read(buffer, 0, 10)).isEqualTo(Descriptors.WOULD_BLOCK);
            pair.get(0).close();
            assertThat(right.read(buffer, 0, 10)).isZero();
            assertThatThrownBy(() -> right.write(buffer, 0, 10)).matches(e -> ((KernelException) e).is(Errno.EPIPE));
        }
    }

    @Test
    void aClientThatDoesNotReadFillsUp() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket left = pair.get(0);
                UnixSocket right = pair.get(1)) {
            long written = 0;
            for (int count; (count = left.write(buffer, 0, 4096)) > 0; ) {
                written += count;
            }
            assertThat(written).isPositive();
            assertThat(right.read(buffer, 0, 4096)).isPositive();
        }
    }

    @Test
    void adoptedSocketsDoNotBlock() {
        List<UnixSocket> pair = UnixSocket.pair();
        try (UnixSocket left = pair.get(0);
                UnixSocket right = pair.get(1)) {
            Descriptors.setNonBlocking(left.fd(), false);
            assertThat(UnixSocket.adopt(left.fd()).read(buffer, 0, 1)).isEqualTo(Descriptors.WOULD_BLOCK);
            assertThat(right.fd().isOpen()).isTrue();
        }
    }

    @Test
    void errorsNameThePath() throws Exception {
        Path missing = directory.resolve("missing");
        assertThatThrownBy(() -> UnixSocket.connect(missing))
                .hasMessage("connect \"" + missing + "\": ENOENT (No such file or directory)");

        Path dead = directory.resolve("dead");
        UnixSocket.listen(dead).close();
        assertThatThrownBy(() -> UnixSocket.connect(dead)).matches(e -> ((KernelException) e).is(Errno.ECONNREFUSED));
        assertThatThrownBy(() -> UnixSocket.listen(dead))
                .hasMessage("bind \"" + dead + "\": EADDRINUSE (Address already in use)");
        Files.delete(dead);

        Path tooLong = directory.resolve("x".repeat(108));
        assertThatThrownBy(() -> UnixSocket.listen(tooLong)).hasMessageContaining("ENAMETOOLONG");
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            aClientConnectsAndIsKnown();
            Files.delete(directory.resolve("socket"));
            errorsNameThePath();
        });
    }

    private String exchange(UnixSocket from, UnixSocket to) {
        buffer.bytes().put(0, "hello".getBytes(StandardCharsets.US_ASCII));
        assertThat(from.write(buffer, 0, 5)).isEqualTo(5);
        int count = to.read(buffer, 100, 100);
        byte[] bytes = new byte[count];
        buffer.bytes().get(100, bytes);
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}

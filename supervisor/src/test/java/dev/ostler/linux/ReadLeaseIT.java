package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadLeaseIT {
    private static final Signal SIGNAL = new Signal(35);

    @TempDir
    Path directory;

    private Fd open(String name) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, "text");
        return Descriptors.open(file, LinuxConstants.O_RDONLY);
    }

    @Test
    void aWriterIsHeldUpAndTheHolderIsTold() throws Exception {
        Signals.blockInThisThread(Set.of(SIGNAL));
        Fd file = open("a");
        try (SignalFd signals = SignalFd.create(Set.of(SIGNAL))) {
            ReadLease lease = ReadLease.take(file, SIGNAL).lease().orElseThrow();
            assertThat(lease.isWhole()).isTrue();
            assertThat(signals.read()).isEmpty();

            CompletableFuture<Boolean> written = CompletableFuture.supplyAsync(() -> {
                try (FileOutputStream out =
                        new FileOutputStream(directory.resolve("a").toFile())) {
                    out.write('x');
                    return true;
                } catch (IOException e) {
                    return false;
                }
            });
            try (Epoll epoll = Epoll.create(1)) {
                epoll.add(signals.fd(), LinuxConstants.EPOLLIN, 0);
                assertThat(epoll.await(20_000)).isEqualTo(1);
            }
            assertThat(lease.isWhole()).isFalse();
            assertThat(signals.read()).isEqualTo(List.of(SIGNAL));
            assertThat(written).isNotDone();

            file.close();
            assertThat(written.get(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            file.close(); // once more does no harm
        }
    }

    @Test
    void thereIsNoneOfAFileThatSomebodyWrites() throws IOException {
        try (Fd file = open("a");
                FileOutputStream writer =
                        new FileOutputStream(directory.resolve("a").toFile(), true)) {
            assertThat(ReadLease.take(file, SIGNAL).refusal()).contains(ReadLease.Refusal.BEING_WRITTEN);
            assertThat(writer.getFD().valid()).isTrue();
        }
    }

    @Test
    void ofWhatIsNoFileThereIsNone() {
        try (Fd file = Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_RDONLY)) {
            assertThat(ReadLease.take(file, SIGNAL).refusal()).contains(ReadLease.Refusal.NOT_TO_BE_HAD);
        }
    }
}

package dev.ostler.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.linux.Fd;
import dev.ostler.linux.Memfd;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.ReadFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class SnapshotIT {
    private static final Path FILE = Path.of("/srv/a/ostler.yaml");

    @Test
    void givesBackTheExactBytesAndNothingElse() throws Exception {
        byte[] bytes = {0, -1, 'a', '\n'};
        List<ReadFile> files = List.of(new ReadFile(FILE, bytes), new ReadFile(Path.of("/empty"), new byte[0]));
        try (Fd snapshot = Snapshot.write(files)) {
            FileReader reader = Snapshot.read(snapshot);

            assertThat(reader.read(FILE)).isEqualTo(bytes);
            assertThat(reader.read(Path.of("/empty"))).isEmpty();
            assertThatThrownBy(() -> reader.read(Path.of("/etc/passwd"))).isInstanceOf(NoSuchFileException.class);
        }
    }

    @Test
    void aSnapshotThatIsCutShortIsAnError() {
        try (Fd snapshot = Memfd.sealed("test", ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 0}))) {
            assertThatThrownBy(() -> Snapshot.read(snapshot))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessage("configuration snapshot cut short");
        }
    }
}

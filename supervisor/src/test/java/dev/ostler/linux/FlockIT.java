package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.O_RDONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FlockIT {
    @TempDir
    Path directory;

    @Test
    void oneDescriptionHoldsItUntilItLetsGo() throws Exception {
        Path file = Files.writeString(directory.resolve("lock"), "");
        try (Fd first = Descriptors.open(file, O_RDONLY);
                Fd second = Descriptors.open(file, O_RDONLY)) {
            assertThat(Flock.tryLock(first)).isTrue();
            assertThat(Flock.tryLock(first)).isTrue();
            assertThat(Flock.tryLock(second)).isFalse();

            Flock.unlock(first);
            assertThat(Flock.tryLock(second)).isTrue();
        }
    }

    @Test
    void aDuplicateKeepsItAlive() throws Exception {
        Path file = Files.writeString(directory.resolve("lock"), "");
        Fd first = Descriptors.open(file, O_RDONLY);
        Fd copy = first.dup();
        try (Fd second = Descriptors.open(file, O_RDONLY)) {
            Flock.tryLock(first);
            first.close();
            assertThat(Flock.tryLock(second)).isFalse();
            copy.close();
            assertThat(Flock.tryLock(second)).isTrue();
        }
    }

    @Test
    void aPathDescriptorIsRefused() {
        try (Fd path = Descriptors.open(directory, LinuxConstants.O_PATH)) {
            assertThatThrownBy(() -> Flock.tryLock(path))
                    .hasMessage("flock \"" + path + "\": EBADF (Bad file descriptor)");
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::aDuplicateKeepsItAlive);
    }
}

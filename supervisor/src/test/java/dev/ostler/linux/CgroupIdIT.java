package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgroupIdIT {
    @Test
    void isTheInodeNumberOfTheDirectory() throws IOException {
        Optional<Path> own = CgroupPaths.own(
                Files.readAllLines(Path.of("/proc/self/mountinfo")), Files.readAllLines(Path.of("/proc/self/cgroup")));
        assumeTrue(own.isPresent(), "needs cgroup v2");

        assertThat(CgroupId.of(own.get()))
                .isEqualTo(Descriptors.identity(own.get()).inode());
    }

    @Test
    void ofWhatIsNotThereThereIsNone() {
        assertThatThrownBy(() -> CgroupId.of(Path.of("/no/such")))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("name_to_handle_at")
                .hasMessageContaining("ENOENT");
    }
}

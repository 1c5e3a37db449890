package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoriesIT {
    @TempDir
    Path directory;

    @Test
    void makesOpensAndChangesTheMode() {
        Path path = directory.resolve("made");
        Directories.make(path, 0700);
        try (Fd fd = Directories.open(path)) {
            Directories.makeAt(fd, "inner", 0750);
            try (Fd inner = Directories.openAt(fd, "inner")) {
                Directories.chmod(inner, 0711);
                assertThat(Descriptors.identity(inner).mode()).isEqualTo(LinuxConstants.S_IFDIR | 0711);
            }
        }
        assertThat(Descriptors.identity(path).mode()).isEqualTo(LinuxConstants.S_IFDIR | 0700);
        assertThatThrownBy(() -> Directories.make(path, 0700))
                .hasMessage("mkdir \"" + path + "\": EEXIST (File exists)");
    }

    @Test
    void aSymbolicLinkOrAFileIsNoDirectory() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        Path file = Files.createFile(directory.resolve("file"));

        assertThatThrownBy(() -> Directories.open(link)).matches(e -> ((KernelException) e).is(Errno.ENOTDIR));
        assertThatThrownBy(() -> Directories.open(file)).matches(e -> ((KernelException) e).is(Errno.ENOTDIR));
        try (Fd fd = Directories.open(directory)) {
            assertThatThrownBy(() -> Directories.openAt(fd, "link"))
                    .matches(e -> ((KernelException) e).is(Errno.ENOTDIR));
            assertThatThrownBy(() -> Directories.makeAt(fd, "file", 0700))
                    .hasMessage("mkdirat \"file\": EEXIST (File exists)");
        }
    }

    @Test
    void removesADirectoryThatIsEmpty() throws Exception {
        Path full = Files.createDirectories(directory.resolve("full/inner"));

        assertThatThrownBy(() -> Directories.remove(full.getParent().toString()))
                .isInstanceOf(KernelException.class)
                .hasMessageContaining("ENOTEMPTY");
        assertThat(Directories.remove(full.toString())).isTrue();
        assertThat(Directories.remove(full.toString())).isFalse();
        assertThat(full).doesNotExist();
    }

    @Test
    void minusOneLeavesAnOwnerUnchanged() {
        try (Fd fd = Directories.open(directory)) {
            Directories.chown(fd, -1, -1);
            assertThat(Descriptors.identity(fd).uid()).isEqualTo(Ids.effectiveUid());
        }
    }

    @Test
    void givesADirectoryAway() {
        assumeTrue((Capabilities.of(Ids.pid()).effective() & 1L) != 0, "changing an owner needs CAP_CHOWN");
        try (Fd fd = Directories.open(directory)) {
            Directories.chown(fd, 4_000_000_000L, 12_345);

            FileIdentity identity = Descriptors.identity(fd);
            assertThat(identity.uid()).isEqualTo(4_000_000_000L);
            assertThat(identity.gid()).isEqualTo(12_345);
        }
    }

    @Test
    void givingAwayWithoutTheRightIsRefused() {
        assumeTrue((Capabilities.of(Ids.pid()).effective() & 1L) == 0, "only without CAP_CHOWN");
        try (Fd fd = Directories.open(directory)) {
            assertThatThrownBy(() -> Directories.chown(fd, 0, 0)).hasMessageContaining("EPERM");
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::minusOneLeavesAnOwnerUnchanged);
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FdIT {
    @Test
    void isCloseOnExecFromBirthAndSoAreItsDuplicates() {
        try (Fd fd = Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_RDWR);
                Fd copy = fd.dup();
                Fd high = fd.dup(500)) {
            assertThat(Descriptors.isCloseOnExec(fd)).isTrue();
            assertThat(Descriptors.isCloseOnExec(copy)).isTrue();
            assertThat(high.number()).isGreaterThanOrEqualTo(500);
            assertThat(Descriptors.isCloseOnExec(high)).isTrue();
        }
    }

    @Test
    void closesOnceAndRefusesUseAfterwards() {
        Fd fd = Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_RDONLY);
        int number = fd.number();

        fd.close();
        try (Fd successor = Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_RDONLY)) {
            fd.close();

            assertThat(successor.number()).isEqualTo(number);
            assertThat(Descriptors.identity(successor)).isNotNull();
        }
        assertThatThrownBy(fd::number).isInstanceOf(IllegalStateException.class);
        assertThat(fd).hasToString("closed fd");
    }

    @Test
    void releaseGivesTheNumberAway() {
        Fd fd = Descriptors.open(Path.of("/dev/null"), LinuxConstants.O_RDONLY);

        int number = fd.release();

        assertThat(fd.isOpen()).isFalse();
        try (Fd owner = Fd.adopt(number)) {
            assertThat(Descriptors.identity(owner).type()).isEqualTo(LinuxConstants.S_IFCHR);
        }
    }

    @Test
    void anErrorNamesCallObjectAndErrno() {
        assertThatThrownBy(() -> Descriptors.open(Path.of("/nowhere/at/all"), LinuxConstants.O_RDONLY))
                .isInstanceOf(KernelException.class)
                .hasMessage("openat \"/nowhere/at/all\": ENOENT (No such file or directory)");
    }

    @Test
    void aThousandFailingAndSucceedingCallsKeepTheirErrno() {
        for (int i = 0; i < 1000; i++) {
            assertThatThrownBy(() -> Descriptors.open(Path.of("/nowhere"), LinuxConstants.O_RDONLY))
                    .matches(e -> ((KernelException) e).is(Errno.ENOENT));
            assertThatThrownBy(() -> Descriptors.open(Path.of("/dev/null/x"), LinuxConstants.O_RDONLY))
                    .matches(e -> ((KernelException) e).is(Errno.ENOTDIR));
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::isCloseOnExecFromBirthAndSoAreItsDuplicates);
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Pid;
import org.junit.jupiter.api.Test;

class KcmpIT {
    @Test
    void tellsSharedDescriptionsFromOthers() {
        Pid self = Ids.pid();
        try (Pipe pipe = Descriptors.pipe(0);
                Fd copy = pipe.readEnd().dup()) {
            int read = pipe.readEnd().number();

            assertThat(Kcmp.sameFile(self, read, self, copy.number())).isTrue();
            assertThat(Kcmp.sameFile(self, read, self, pipe.writeEnd().number()))
                    .isFalse();
        }
    }

    @Test
    void looksIntoAnotherProcess() throws Exception {
        try (Child child = Child.start("sleep", "60")) {
            Pid self = Ids.pid();

            assertThat(Kcmp.sameFile(child.pid(), 0, child.pid(), 0)).isTrue();
            assertThat(Kcmp.sameFile(child.pid(), 0, self, 0)).isFalse();
        }
    }

    @Test
    void aMissingDescriptorOrProcessIsAnError() {
        Pid self = Ids.pid();

        assertThatThrownBy(() -> Kcmp.sameFile(self, 9_999, self, 0))
                .matches(e -> ((KernelException) e).is(Errno.EBADF))
                .hasMessageStartingWith("kcmp \"pid " + self + " and pid " + self + "\"");
        assertThatThrownBy(() -> Kcmp.sameFile(self, 0, new Pid(Integer.MAX_VALUE), 0))
                .matches(e -> ((KernelException) e).is(Errno.ESRCH));
    }
}

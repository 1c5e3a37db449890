package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NamespaceOwnerIT {
    @Test
    void theOwnerOfTheUserNamespaceItselfIsOutsideOfIt() {
        // a user namespace belongs to its parent, which its own processes cannot see
        assertThat(NamespaceOwner.refusal(Path.of("/proc/self/ns/user"))).contains(Errno.EPERM);
    }

    @Test
    void whatIsNoNamespaceHasNoOwner() {
        assertThat(NamespaceOwner.refusal(Path.of("/dev/null"))).contains(Errno.ENOTTY);
        assertThatThrownBy(() -> NamespaceOwner.refusal(Path.of("/no/such/file")))
                .isInstanceOf(KernelException.class);
    }
}

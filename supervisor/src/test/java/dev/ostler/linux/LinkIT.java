package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkIT {
    @Test
    void thereIsALoopbackAndNoSuchInterface() {
        assertThat(Link.state("lo")).isIn(Link.State.UP, Link.State.DOWN);
        assertThat(Link.state("nosuch0")).isEqualTo(Link.State.MISSING);
        assertThatThrownBy(() -> Link.state("a-name-that-is-too-long")).isInstanceOf(KernelException.class);
    }

    @Test
    void nothingHasHappenedYet() {
        try (LinkEvents events = LinkEvents.open()) {
            assertThat(events.read()).isEqualTo(Optional.of(Set.of()));
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(() -> {
            thereIsALoopbackAndNoSuchInterface();
            nothingHasHappenedYet();
        });
    }
}

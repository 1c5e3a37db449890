package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulingOfIT {
    private static final Pid NOBODY = new Pid(Integer.MAX_VALUE);

    @Test
    void aPolicySetFromOutsideIsSeen() throws Exception {
        try (Child child = Child.start("chrt", "--idle", "0", "sleep", "60")) {
            while (SchedulingOf.of(child.pid()).policy() != 5) {
                assertThat(child.process().isAlive()).isTrue();
                Thread.onSpinWait();
            }

            assertThat(SchedulingOf.of(child.pid()).priority()).isZero();
            assertThat(SchedulingOf.of(child.pid()).resetOnFork()).isFalse();
        }
    }

    @Test
    void anIoPriorityIsSeen() throws Exception {
        try (Child child = Child.start("ionice", "-c2", "-n6", "sleep", "60")) {
            while (SchedulingOf.ioPriority(child.pid()) != (2 << 13 | 6)) {
                assertThat(child.process().isAlive()).isTrue();
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aProcessThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> SchedulingOf.of(NOBODY))
                .hasMessage("sched_getattr \"pid 2147483647\": ESRCH (No such process)");
        assertThatThrownBy(() -> SchedulingOf.ioPriority(NOBODY))
                .hasMessage("ioprio_get \"pid 2147483647\": ESRCH (No such process)");
    }

    @Test
    void coreSchedulingIsThereOrRefusedByTheSameErrnoForAll() {
        Optional<Errno> refusal = Support.coreScheduling();

        if (refusal.isEmpty()) {
            assertThat(SchedulingOf.coreCookie(Ids.pid())).isGreaterThanOrEqualTo(0);
        } else {
            assertThatThrownBy(() -> SchedulingOf.coreCookie(Ids.pid()))
                    .hasMessageContaining(refusal.get().name());
        }
    }

    @Test
    void supportAgreesWithProc() {
        assertThat(Support.memoryPolicy().isEmpty()).isEqualTo(Files.exists(Path.of("/proc/self/numa_maps")));
        assumeTrue(Files.exists(Path.of("/proc/keys")), "skipped: the kernel shows no keys");
        assertThat(Support.keyrings()).isEmpty();
        assertThat(Support.ioPriority()).isEmpty();
    }
}

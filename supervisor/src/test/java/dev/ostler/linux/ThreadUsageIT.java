package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Pid;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThreadUsageIT {
    @Test
    void aThreadThatWaitsSwitchesAndNoOtherThreadCounts() throws Exception {
        ThreadUsage before = ThreadUsage.ofThisThread();
        Thread other = new Thread(() -> {
            for (int i = 0; i < 50; i++) {
                Thread.yield();
            }
        });
        other.start();
        other.join();
        Thread.sleep(1);

        ThreadUsage after = ThreadUsage.ofThisThread();

        assertThat(after.voluntary()).isGreaterThan(before.voluntary());
        assertThat(after.user().plus(after.system()))
                .isGreaterThanOrEqualTo(before.user().plus(before.system()));
    }

    @Test
    void everyProcessHasItsUsage() {
        Map<Pid, ProcUsage> all = ProcUsage.all();

        ProcUsage self = all.get(Ids.pid());
        assertThat(self.threads()).isGreaterThan(1);
        assertThat(self.residentBytes()).isGreaterThan(1 << 20);
        assertThat(self.parent()).isEqualTo(ProcStat.of(Ids.pid()).parent());
    }
}

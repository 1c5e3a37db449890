package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopTextTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final ServiceName DB = new ServiceName("db");
    private static final ServiceName OFF = new ServiceName("off");

    private static UsageSample.Usage usage(long cpuMillis) {
        return new UsageSample.Usage(Duration.ofMillis(cpuMillis), 3 << 19, 4);
    }

    @Test
    void whoeverIsBusiestComesFirst() {
        Map<ServiceName, TopText.Used> used =
                TopText.between(Map.of(WEB, usage(1_000), DB, usage(10)), Map.of(WEB, usage(1_100), DB, usage(510)));

        assertThat(TopText.of(
                        List.of(
                                new TopText.Row(OFF, "down", 0, Optional.empty()),
                                new TopText.Row(WEB, "ready", 2, Optional.of(used.get(WEB))),
                                new TopText.Row(DB, "ready", 0, Optional.of(used.get(DB)))),
                        Duration.ofMillis(500)))
                .isEqualTo("""
                        SERVICE  CPU   TIME   MEMORY  TASKS  RESTARTS  STATE
                        db       100%  0.51s  1.5M    4      0         ready
                        web      20%   1.10s  1.5M    4      2         ready
                        off      -     -      -       -      0         down
                        """);
    }

    @Test
    void aServiceThatWasStartedMeanwhileHasNotUsedLessThanNothing() {
        assertThat(TopText.between(Map.of(WEB, usage(100)), Map.of(WEB, usage(5)))
                        .get(WEB)
                        .busy())
                .isZero();
    }
}

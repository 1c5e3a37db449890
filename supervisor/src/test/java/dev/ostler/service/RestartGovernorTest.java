package dev.ostler.service;

import static dev.ostler.spec.RestartSpec.Policy.ON_FAILURE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.service.RestartGovernor.Decision;
import dev.ostler.spec.RestartSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestartGovernorTest {
    private static final RestartSpec SPEC = Specs.restart(ON_FAILURE, 0, 0);

    private final RestartGovernor governor = new RestartGovernor(() -> 0.5);

    private static Exit failedAfter(Duration ran) {
        return new Exit(1, new ExitCause.ExitCode(1), Optional.empty(), ran, Instant.EPOCH);
    }

    private List<Long> delaysInMillis(Duration... runs) {
        List<Long> delays = new ArrayList<>();
        RestartRecord record = RestartRecord.NONE;
        for (Duration ran : runs) {
            Decision.Restart restart = (Decision.Restart) governor.decide(SPEC, record, failedAfter(ran), 0);
            delays.add(restart.delay().toMillis());
            record = restart.record();
        }
        return delays;
    }

    @Test
    void backoffStartsWithTheSecondFailureInARowWhenTheFirstRunHasWorked() {
        Duration second = Duration.ofSeconds(1);

        assertThat(delaysInMillis(second, second, second, second)).containsExactly(0L, 100L, 200L, 400L);
    }

    @Test
    void backoffStartsAtOnceWhenTheFirstRunWasABadStart() {
        Duration short_ = Duration.ofMillis(999);

        assertThat(delaysInMillis(short_, short_, short_)).containsExactly(100L, 200L, 400L);
    }

    @Test
    void backoffStartsAnewAfterAStableRun() {
        Duration bad = Duration.ZERO;

        assertThat(delaysInMillis(bad, bad, Duration.ofSeconds(10), bad)).containsExactly(100L, 200L, 0L, 100L);
    }

    @Test
    void s13_delayStaysAtTheMaximumAndTheRecordDoesNotGrow() {
        RestartRecord record = RestartRecord.NONE;
        Duration delay = Duration.ZERO;

        for (int i = 0; i < 100_000; i++) {
            Decision.Restart restart =
                    (Decision.Restart) governor.decide(SPEC, record, failedAfter(Duration.ZERO), i * 1_000_000L);
            record = restart.record();
            delay = restart.delay();
        }

        assertThat(delay).isEqualTo(Duration.ofSeconds(30));
        assertThat(record.recentNanos()).isEmpty();
        assertThat(record.automatic()).isEqualTo(100_000);
    }

    @Test
    void jitterShortensTheDelaySoThatTheMaximumHolds() {
        RestartSpec spec = Specs.restart(ON_FAILURE, 0.2, 0);
        Decision.Restart restart =
                (Decision.Restart) governor.decide(spec, RestartRecord.NONE, failedAfter(Duration.ZERO), 0);

        assertThat(restart.delay()).isEqualTo(Duration.ofMillis(90));
    }

    @Test
    void restartsOutsideTheWindowDoNotCountForTheLimit() {
        RestartSpec spec = Specs.restart(ON_FAILURE, 0, 2);
        long start = Duration.ofHours(1).toNanos();
        RestartRecord record = new RestartRecord(2, 2, 2, List.of(start, start + 1));

        Decision inside = governor.decide(spec, record, failedAfter(Duration.ZERO), start + 59_000_000_000L);
        Decision outside = governor.decide(spec, record, failedAfter(Duration.ZERO), start + 60_000_000_000L);

        assertThat(inside)
                .isEqualTo(new Decision.NoRestart(true, "gave up after 2 restarts in 60 s; last: exited 1 after 0 ms"));
        assertThat(outside).isInstanceOf(Decision.Restart.class);
    }
}

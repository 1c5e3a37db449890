package dev.ostler.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class StatusTableTest {
    private static final ServiceName WEB = new ServiceName("web");
    private static final ServiceName DB = new ServiceName("db");

    private final StatusTable table = new StatusTable();

    @Test
    void theNextDeadlineIsTheEarliestThatStillHolds() {
        table.put(ready(WEB, OptionalLong.of(30)));
        table.put(ready(DB, OptionalLong.of(20)));
        assertThat(table.nextDeadlineNanos()).hasValue(20);

        table.put(ready(DB, OptionalLong.of(40)));
        assertThat(table.nextDeadlineNanos()).hasValue(30);

        table.put(ready(WEB, OptionalLong.empty()));
        table.put(ready(DB, OptionalLong.empty()));
        assertThat(table.nextDeadlineNanos()).isEmpty();
    }

    @Test
    void aDeadlineIsDueFromItsMomentOn() {
        table.put(ready(WEB, OptionalLong.of(20)));
        table.put(ready(DB, OptionalLong.of(20)));

        assertThat(table.due(19)).isEmpty();
        assertThat(table.due(20)).containsExactly(WEB, DB);
    }

    @Test
    void knowsWhetherAnythingRuns() {
        table.put(ServiceStatus.initial(WEB, new Moment(0, Instant.EPOCH)));
        assertThat(table.hasAlive()).isFalse();

        table.put(ready(WEB, OptionalLong.empty()));
        assertThat(table.hasAlive()).isTrue();

        table.put(ServiceStatus.initial(WEB, new Moment(0, Instant.EPOCH)));
        assertThat(table.hasAlive()).isFalse();
    }

    private static ServiceStatus ready(ServiceName name, OptionalLong deadline) {
        return new ServiceStatus(
                name,
                ServiceState.READY,
                Wanted.UP,
                "running",
                new Moment(0, Instant.EPOCH),
                Run.requested(1, new Moment(0, Instant.EPOCH)),
                1,
                Optional.empty(),
                deadline,
                Optional.empty(),
                false,
                RestartRecord.NONE,
                StartOutcome.PENDING,
                Health.unknown(new Moment(0, Instant.EPOCH)),
                Optional.empty());
    }
}

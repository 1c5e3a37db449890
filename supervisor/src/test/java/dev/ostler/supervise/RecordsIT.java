package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.service.Moment;
import dev.ostler.service.ServiceStatus;
import dev.ostler.state.StateFile;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecordsIT {
    private static final Moment NOW = new Moment(5, Instant.EPOCH);

    private final StateFile state = StateFile.create();

    @AfterEach
    void close() {
        state.close();
    }

    @Test
    void anotherSupervisorFindsEachRecordByTheNameInIt() {
        Records first = new Records(state);
        first.write(status("web"));
        first.write(status("db"));

        Records next = new Records(state);

        assertThat(next.read(new ServiceName("db"))).contains(status("db"));
        assertThat(next.read(new ServiceName("web"))).contains(status("web"));
        assertThat(next.read(new ServiceName("other"))).isEmpty();
    }

    @Test
    void theRecordOfAServiceThatIsNoMoreIsUsedAgain() {
        Records records = new Records(state);
        records.write(status("web"));
        records.write(status("db"));
        records.forget(new ServiceName("web"));
        records.write(status("new"));

        Records next = new Records(state);

        assertThat(state.count()).isEqualTo(2);
        assertThat(next.read(new ServiceName("web"))).isEmpty();
        assertThat(next.read(new ServiceName("new"))).contains(status("new"));
        next.retain(List.of(new ServiceName("new")));
        assertThat(new Records(state).read(new ServiceName("db"))).isEmpty();
    }

    private static ServiceStatus status(String name) {
        return ServiceStatus.initial(new ServiceName(name), NOW);
    }
}

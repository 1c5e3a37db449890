package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.service.ServiceState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final History history = new History();

    private void add(String service) {
        history.add(Instant.EPOCH, service, 1, ServiceState.DOWN, ServiceState.WAITING, "start requested");
    }

    @Test
    void theOldestGiveWay() {
        for (int i = 0; i < History.CAPACITY + 5; i++) {
            add("web");
        }

        assertThat(history.latest()).hasSize(History.CAPACITY);
        assertThat(history.latest().iterator().next().number()).isEqualTo(6);
    }

    @Test
    void whoListensIsToldUntilItEndsThat() {
        List<String> heard = new ArrayList<>();
        add("before");
        Runnable end = history.listen(happening -> heard.add(happening.service()));
        add("web");
        end.run();
        add("after");

        assertThat(heard).containsExactly("web");
    }
}

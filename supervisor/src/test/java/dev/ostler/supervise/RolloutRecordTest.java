package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.ServiceName;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RolloutRecordTest {
    private static final RolloutRecord RECORD = new RolloutRecord(
            true,
            Map.of(new ServiceName("web"), 3, new ServiceName("db"), 0),
            Set.of(new ServiceName("new")),
            Set.of(new ServiceName("old"), new ServiceName("older")));

    @Test
    void comesBackAsItWas() {
        assertThat(RolloutRecord.decode(RECORD.encode())).isEqualTo(RECORD);
    }

    @Test
    void oneThatIsCutShortIsAnError() {
        byte[] bytes = RECORD.encode();

        for (int length = 0; length < bytes.length; length++) {
            byte[] cut = Arrays.copyOf(bytes, length);
            assertThatThrownBy(() -> RolloutRecord.decode(cut)).isInstanceOf(UncheckedIOException.class);
        }
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcUsageTest {
    @Test
    void theNameMayHoldAnything() {
        String text = "4711 (a b) R 1 (c) S 42 4711 4711 0 -1 4194560 100 0 0 0 250 50 7 8 20 0 3 0 12345 1000000 25"
                + " 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0\n";

        assertThat(ProcUsage.parse(text, 4096)).isEqualTo(new ProcUsage(42, Duration.ofSeconds(3), 3, 25 * 4096));
    }
}

package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilitiesTest {
    @Test
    void namesAndNumbersMatch() {
        assertThat(Capabilities.number("NET_BIND_SERVICE")).hasValue(10);
        assertThat(Capabilities.number("cap_sys_resource")).hasValue(24);
        assertThat(Capabilities.number("CHECKPOINT_RESTORE")).hasValue(40);
        assertThat(Capabilities.number("NET_BIND")).isEmpty();
        assertThat(Capabilities.name(0)).isEqualTo("CHOWN");
        assertThat(Capabilities.name(63)).isEqualTo("63");
        for (int number = 0; number < Capabilities.names().size(); number++) {
            assertThat(Capabilities.number(Capabilities.name(number))).hasValue(number);
        }
    }

    @Test
    void masksGoBothWays() {
        long mask = Capabilities.mask(List.of("CHOWN", "CAP_NET_BIND_SERVICE", "BPF"));

        assertThat(mask).isEqualTo(1L | 1L << 10 | 1L << 39);
        assertThat(Capabilities.names(mask)).containsExactly("CHOWN", "NET_BIND_SERVICE", "BPF");
        assertThat(Capabilities.names(1L << 41)).containsExactly("41");
        assertThatThrownBy(() -> Capabilities.mask(List.of("NO_SUCH"))).hasMessage("unknown capability \"NO_SUCH\"");
    }
}

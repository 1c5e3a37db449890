package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RlimitsTest {
    private static final String LIMITS = """
            Limit                     Soft Limit           Hard Limit           Units\s\s\s\s\s
            Max cpu time              unlimited            unlimited            seconds\s\s\s
            Max file size             1024                 unlimited            bytes\s\s\s\s\s
            """;

    @Test
    void readsTheLineOfAResourceByItsNumber() {
        assertThat(Rlimits.parse(LIMITS, 0))
                .isEqualTo(new Rlimits.Limit(LinuxConstants.RLIM_INFINITY, LinuxConstants.RLIM_INFINITY));
        assertThat(Rlimits.parse(LIMITS, 1)).isEqualTo(new Rlimits.Limit(1024, LinuxConstants.RLIM_INFINITY));
    }
}

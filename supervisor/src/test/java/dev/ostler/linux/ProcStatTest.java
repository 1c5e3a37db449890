package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProcStatTest {
    @Test
    void readsFieldsBehindANameThatHoldsBracketsAndSpaces() {
        ProcStat stat = ProcStat.parse(
                "4711 (a) S (b) R 42 4700 4699 34816 4711 4194304 1 0 0 0 7 3 0 0 39 -19 1 0 100 200 300\n");

        assertThat(stat).isEqualTo(new ProcStat('R', 42, 4699, -19));
    }
}

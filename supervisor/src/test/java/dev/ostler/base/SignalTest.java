package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignalTest {
    @ParameterizedTest
    @ValueSource(strings = {"TERM", "SIGTERM", "sigterm", " 15 "})
    void readsASignalByNameAndNumber(String text) {
        assertThat(Signal.parse(text)).contains(Signal.TERM);
    }

    @Test
    void countsRealTimeSignalsFrom34() {
        assertThat(Signal.parse("RTMIN+3")).contains(new Signal(37));
        assertThat(new Signal(37)).hasToString("SIGRTMIN+3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"32", "33", "0", "65", "RTMIN-1", "RTMIN+31", "NOPE", ""})
    void refusesWhatNobodyMayAskFor(String text) {
        assertThat(Signal.parse(text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {32, 33})
    void aProcessCanDieOfASignalThatNobodyMayAskFor(int number) {
        ExitStatus status = new ExitStatus(number);

        assertThat(status.signal()).contains(new Signal(number));
        assertThat(status).hasToString("killed by signal " + number);
        assertThat(status.shellCode()).isEqualTo(128 + number);
    }
}

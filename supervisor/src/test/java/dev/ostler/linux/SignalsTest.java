package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Signal;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SignalsTest {
    @Test
    void bitNMinusOneIsSignalN() {
        assertThat(Signals.mask(Set.of(Signal.HUP, Signal.TERM))).isEqualTo(0x4001);
        assertThat(Signals.mask(Set.of(new Signal(64)))).isEqualTo(Long.MIN_VALUE);
        assertThat(Signals.of(0x4001)).containsExactly(Signal.HUP, Signal.TERM);
    }

    @Test
    void theSignalsOfTheCLibraryAreLeftOut() {
        assertThat(Signals.of(-1L)).hasSize(62).doesNotContainNull();
    }
}

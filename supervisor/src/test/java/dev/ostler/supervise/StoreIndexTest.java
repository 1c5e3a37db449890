package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class StoreIndexTest {
    private static final StoreIndex TWO =
            StoreIndex.EMPTY.with("a", true).with("b", false).givenTo(7);

    @Test
    void itIsReadAsItWasWritten() {
        assertThat(StoreIndex.decode(TWO.encode())).isEqualTo(TWO);
        assertThat(StoreIndex.decode(StoreIndex.EMPTY.encode())).isEqualTo(StoreIndex.EMPTY);
    }

    @Test
    void aNumberIsNeverUsedTwice() {
        StoreIndex.Item last = TWO.items().get(1);

        StoreIndex changed = TWO.without(last).with("c", true);

        assertThat(changed.names()).containsExactly("a", "c");
        assertThat(changed.items().get(1).number()).isGreaterThan(last.number());
        assertThat(changed.given()).containsExactly("a", "b"); // run 7 has got what there was then
    }

    @Test
    void oneThatIsCutShortIsToldApart() {
        byte[] bytes = TWO.encode();

        assertThatThrownBy(() -> StoreIndex.decode(Arrays.copyOf(bytes, bytes.length - 1)))
                .isInstanceOf(UncheckedIOException.class);
    }
}

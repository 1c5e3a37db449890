package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.BitSet;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityTest {
    @Test
    void readsTheKernelsLists() {
        assertThat(Affinity.parseList("0-3,7").stream()).containsExactly(0, 1, 2, 3, 7);
        assertThat(Affinity.parseList("5\n").stream()).containsExactly(5);
        assertThat(Affinity.parseList("").isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "1-", "-1", "3-1", "1,,2", "1,", "9999999", "4294967295", "0-4294967295"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Affinity.parseList(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300)
    void formatsWhatItReads(@ForAll Set<@IntRange(max = 100) Integer> cpus) {
        BitSet set = new BitSet();
        cpus.forEach(set::set);

        assertThat(Affinity.parseList(Affinity.formatList(set))).isEqualTo(set);
    }
}

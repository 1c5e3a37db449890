package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NoneLeftTest {
    private static final int MANY = 1_000;

    private final List<Integer> all =
            new ArrayList<>(IntStream.range(0, MANY).boxed().toList());
    private final Set<Integer> starting = new HashSet<>(all);
    private int looks;
    private final NoneLeft<Integer> none = new NoneLeft<>(() -> all, one -> {
        looks++;
        return starting.contains(one);
    });

    private void assertThatAFewLooksAreEnough(List<Integer> order) {
        for (int one : order) {
            assertThat(none.getAsBoolean()).isFalse();
            starting.remove(one);
        }
        assertThat(none.getAsBoolean()).isTrue();
        assertThat(looks).isLessThan(4 * MANY);
    }

    @Test
    void fewAreLookedAtInWhateverOrderTheyCome() {
        assertThatAFewLooksAreEnough(List.copyOf(all));
    }

    @Test
    void alsoFromTheLastToTheFirst() {
        List<Integer> order = new ArrayList<>(all);
        Collections.reverse(order);
        assertThatAFewLooksAreEnough(order);
    }

    @Test
    void alsoInAnyOrder() {
        List<Integer> order = new ArrayList<>(all);
        Collections.shuffle(order, new Random(1));
        assertThatAFewLooksAreEnough(order);
    }

    @Test
    void oneBehindItThatBeginsAgainIsSeen() {
        starting.removeIf(one -> one != MANY - 1);
        assertThat(none.getAsBoolean()).isFalse();

        starting.clear();
        starting.add(3);
        assertThat(none.getAsBoolean()).isFalse();

        starting.clear();
        all.subList(10, MANY).clear(); // the list may be another one by then
        assertThat(none.getAsBoolean()).isTrue();
        all.clear();
        assertThat(none.getAsBoolean()).isTrue();
    }
}

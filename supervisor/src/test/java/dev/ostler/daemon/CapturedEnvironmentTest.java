package dev.ostler.daemon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import org.junit.jupiter.api.Test;

class CapturedEnvironmentTest {
    @Test
    void readsNamesAndValuesInOrder() {
        assertThat(CapturedEnvironment.parse("B=1\0A=x=y\0EMPTY=\0"))
                .containsExactly(entry("B", "1"), entry("A", "x=y"), entry("EMPTY", ""));
    }

    @Test
    void theFirstOfTwoCounts() {
        assertThat(CapturedEnvironment.parse("A=1\0A=2\0")).containsEntry("A", "1");
    }

    @Test
    void whatHasNoNameIsLeftOut() {
        assertThat(CapturedEnvironment.parse("")).isEmpty();
        assertThat(CapturedEnvironment.parse("=x\0junk\0")).isEmpty();
    }
}

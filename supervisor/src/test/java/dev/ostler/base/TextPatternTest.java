package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class TextPatternTest {
    @Test
    void someOfTheTextMustFit() {
        TextPattern pattern = TextPattern.of("Started .* in [0-9.]+ s");

        assertThat(pattern.isIn("main: Started App in 2.5 s (process 7)")).isTrue();
        assertThat(pattern.isIn("Starting")).isFalse();
        assertThat(pattern).isEqualTo(TextPattern.of("Started .* in [0-9.]+ s")).hasToString("Started .* in [0-9.]+ s");
    }

    /** One that tries all ways to part the text would not come to an end. */
    @Test
    void s23_noPatternTakesForEver() {
        TextPattern pattern = TextPattern.of("(x+x+)+y");
        String text = "x".repeat(64 * 1024);

        assertThat(Assertions.assertTimeoutPreemptively(Duration.ofSeconds(60), () -> pattern.isIn(text)))
                .isFalse();
    }

    @Test
    void whatIsNoneSaysWhy() {
        assertThatThrownBy(() -> TextPattern.of("(")).hasMessage("missing closing )");
        assertThatThrownBy(() -> TextPattern.of("a(?!b)")).isInstanceOf(IllegalArgumentException.class);
    }
}

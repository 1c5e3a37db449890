package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ExitOn;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code exit_on}, a key of the whole file. */
class ExitOnTest {
    private static FakeProject project(String word) {
        return FakeProject.of("exit_on: " + word, "services: { web: { command: [x] } }");
    }

    @ParameterizedTest
    @CsvSource({"never, NEVER", "failure, FAILURE", "end, END"})
    void saysUponWhatUpGoesDown(String word, ExitOn exitOn) {
        assertThat(project(word).loaded().project().exitOn()).isEqualTo(exitOn);
    }

    @Test
    void withoutItNothingGoesDownByItself() {
        assertThat(FakeProject.of("services: { web: { command: [x] } }")
                        .loaded()
                        .project()
                        .exitOn())
                .isEqualTo(ExitOn.NEVER);
    }

    @Test
    void anythingElseIsAnError() {
        assertThat(project("crash").messages())
                .containsExactly("ostler.yaml:1:10 (exit_on): unknown reason \"crash\"; one of never, failure, end");
    }
}

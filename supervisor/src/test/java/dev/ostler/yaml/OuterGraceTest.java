package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code outer_grace}, a key of the whole file. */
class OuterGraceTest {
    private static FakeProject chain(String outer) {
        return FakeProject.of(
                "outer_grace: " + outer,
                "services:",
                "  web: { command: [x], depends_on: [app], stop_grace_period: 20s }",
                "  app: { command: [x], depends_on: [db], stop: [{ signal: TERM }, { wait: 3s }, { signal: INT }, { wait: 2s }] }",
                "  db: { command: [x] }",
                "  other: { command: [x], stop_grace_period: 30s }");
    }

    @Test
    void whatIsEnoughForTheLongestChainIsNoWarning() {
        FakeProject project = chain("36s");

        assertThat(project.loaded().warnings()).isEmpty();
        assertThat(project.loaded().project().outerGrace()).contains(Duration.ofSeconds(36));
    }

    @Test
    void whatIsNotIsOneThatNamesTheChain() {
        assertThat(chain("10s").loaded().warnings())
                .extracting(Object::toString)
                .containsExactly(
                        "ostler.yaml:1:14 (outer_grace): the stop of \"web\", then \"app\", then \"db\" may take"
                                + " 35 s, and 9 s are there for it; when all goes down, ladders are shortened");
    }

    @Test
    void withoutItThereIsNone() {
        assertThat(FakeProject.webWith("").loaded().project().outerGrace()).isEmpty();
    }

    @Test
    void aCycleIsToldAndNothingIsSummedUp() {
        assertThat(FakeProject.of(
                                "outer_grace: 1s",
                                "services:",
                                "  a: { command: [x], depends_on: [b] }",
                                "  b: { command: [x], depends_on: [a] }")
                        .messages())
                .hasSize(1);
    }
}

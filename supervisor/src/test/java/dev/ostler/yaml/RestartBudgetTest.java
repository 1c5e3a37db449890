package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.RestartBudgetSpec;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** {@code restart_budget}, a key of the whole file. */
class RestartBudgetTest {
    private static FakeProject with(String budget) {
        return FakeProject.of("restart_budget: " + budget, "services: { web: { command: [x] } }");
    }

    @Test
    void countAndTimeAreRead() {
        assertThat(with("{ count: 20, within: 1m }").loaded().project().restartBudget())
                .contains(new RestartBudgetSpec(20, Duration.ofMinutes(1)));
    }

    @Test
    void withoutItThereIsNone() {
        assertThat(FakeProject.webWith("").loaded().project().restartBudget()).isEmpty();
    }

    @Test
    void bothKeysAreNeeded() {
        assertThat(with("{ count: 20 }").messages())
                .containsExactly("ostler.yaml:1:17 (restart_budget): \"within\" is missing");
        assertThat(with("{ within: 1m }").messages())
                .containsExactly("ostler.yaml:1:17 (restart_budget): \"count\" is missing");
    }

    @Test
    void wrongValuesAreProblemsAtTheirPlace() {
        assertThat(with("{ count: 0, within: x, with: 1 }").messages())
                .containsExactly(
                        "ostler.yaml:1:26 (restart_budget.count): \"0\" is not a whole number from 1 to 1000000",
                        "ostler.yaml:1:37 (restart_budget.within): \"x\" is not a duration; write 250ms, 10s, 5m or 1h",
                        "ostler.yaml:1:40 (restart_budget.with): unknown key \"with\"");
    }
}

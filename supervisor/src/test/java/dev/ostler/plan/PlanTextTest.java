package dev.ostler.plan;

import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.testing.FakeHostFacts;
import org.junit.jupiter.api.Test;

class PlanTextTest {
    private final Plan plan = Compilations.compiled(
                    service("web")
                            .user("app")
                            .environment("PORT", "8080")
                            .hiddenEnvironment("TOKEN", "s3cret")
                            .build(),
                    FakeHostFacts.root())
            .plan();

    @Test
    void eachOpIsALineWithItsOriginAndReason() {
        assertThat(PlanText.explain(plan, false).lines())
                .hasSize(plan.ops().size())
                .contains("12 UID 1001  # ostler.yaml:9:5 (services.web.user)"
                        + " takes the capabilities that all above needed");
    }

    @Test
    void hiddenValuesStayHidden() {
        assertThat(PlanText.explain(plan, false))
                .contains("\"TOKEN=***\"")
                .contains("\"PORT=8080\"")
                .doesNotContain("s3cret");
    }

    @Test
    void hiddenValuesAreShownOnRequest() {
        assertThat(PlanText.explain(plan, true)).contains("\"TOKEN=s3cret\"");
    }

    @Test
    void aLineFeedInAValueDoesNotBreakTheLine() {
        Plan broken = Compilations.compiled(
                        service("web").environment("A", "one\ntwo").build(), FakeHostFacts.plainUser())
                .plan();

        assertThat(PlanText.explain(broken, false)).contains("\"A=one\\ntwo\"");
    }
}

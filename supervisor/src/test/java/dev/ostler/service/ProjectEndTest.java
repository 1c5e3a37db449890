package dev.ostler.service;

import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.FINISHED;
import static dev.ostler.service.ServiceState.WAITING;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ExitOn;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** When a project has come to its end by itself. */
class ProjectEndTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** Fails until it is given up. */
    private static Scenario.On failing(Scenario.On web) {
        for (int i = 0; i < 5 && web.status().state() != FAILED; i++) {
            web.launched().exits(1).after(Duration.ofSeconds(1));
        }
        return web.is(FAILED);
    }

    @Test
    void s16_aServiceInItsCoolDownHasNeitherFailedForGoodNorEnded() {
        Scenario both = Scenario.endingOn(ExitOn.END, service("web").limit(1, MINUTE), service("job"));
        both.startAll();
        both.on("job").launched().exits(0).is(FINISHED);

        failing(both.it());
        assertThat(both.project.end()).isEmpty();
        both.after(MINUTE);
        assertThat(both.it().status().state()).isNotIn(FAILED, WAITING);
        assertThat(both.project.end()).isEmpty();
    }

    @Test
    void s16_whatHasFailedForGoodIsTheEnd() {
        Scenario both = Scenario.endingOn(ExitOn.FAILURE, service("web").limit(1), service("other"));
        both.startAll();
        both.on("other").launched();
        assertThat(both.project.end()).isEmpty();

        failing(both.it());
        assertThat(both.project.end().orElseThrow()).startsWith("\"web\" failed: ");
        assertThat(both.project.exitCode()).isEqualTo(1);
    }

    @Test
    void allHaveEnded() {
        Scenario both = Scenario.endingOn(ExitOn.END, service("web"), service("job"));
        both.startAll();
        both.on("job").launched().exits(0);
        assertThat(both.project.end()).isEmpty();

        both.it().launched().exits(0);
        assertThat(both.project.end()).contains("all services have ended");
        assertThat(both.project.exitCode()).isZero();
    }
}

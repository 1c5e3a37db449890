package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An {@code up} in the foreground, when what it has started ends, or cannot even be started. */
class ExitOnIT {
    private static int exitCode(Process up) throws InterruptedException {
        assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return up.exitValue();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s16_aDependencyThatCanNeverBeReadyEndsUpWithItsReasonWhenSoConfigured(As as) throws Exception {
        String yaml = """
                exit_on: failure
                services:
                  db: { command: [sh, -c, 'echo no disk; exit 1'], restart: never, ready: { tcp: 1, timeout: 60s } }
                  web: { command: [sleep, "1000"], depends_on: [db] }
                  other: { command: [sh, -c, "trap 'echo bye; exit 0' TERM; sleep 1000 & wait"] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            assertThat(exitCode(project.up())).isEqualTo(1);

            assertThat(project.text("up.err"))
                    .contains("cannot start \"db\": exited 1 after")
                    .contains("db | no disk")
                    .contains("cannot start \"web\": dependency \"db\" failed: exited 1 after")
                    .contains("going down: \"db\" failed: exited 1 after");
            assertThat(project.logFile("other")).contains("stdout F:1 bye");
        }
    }

    @Test
    void s16_whatCannotBeStartedIsSaidWhileOthersStillStart() throws Exception {
        String yaml = """
                services:
                  db: { command: [sh, -c, 'exit 1'], restart: never, ready: { tcp: 1, timeout: 60s } }
                  web: { command: [sleep, "1000"], depends_on: [db] }
                  slow: { command: [sleep, "1000"], ready: { file: never, timeout: 1h } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process up = project.up();

            Eventually.until(
                    "it is said",
                    () -> project.text("up.err").contains("cannot start \"web\": dependency \"db\" failed: exited 1"));
            assertThat(project.status("slow").get("state").asText()).isEqualTo("started");
            project.run("down").ok(); // which it is not configured to do by itself
            assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theEndOfAllIsTheEndOfUpWhenSoConfigured(As as) throws Exception {
        String yaml = """
                exit_on: end
                services:
                  migrate: { command: [sh, -c, 'exit 0'], type: oneshot }
                  report: { command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done'], depends_on: [migrate] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Process up = project.up();
            project.awaitUp().await("report", "ready");
            project.killSupervisor(); // its successor knows what it has to do

            project.file("go", "");

            assertThat(exitCode(up)).isZero();
            assertThat(project.text("up.err")).contains("going down: all services have ended");
        }
    }

    @Test
    void s16_aFailureInTheMiddleOfAChangeIsTheEndAfterIt() throws Exception {
        String yaml = """
                exit_on: failure
                services:
                  db: { command: [sh, -c, 'while [ ! -e die ]; do sleep 0.05; done; exit 1'], restart: never }
                """;
        String more = "  web: { command: [sleep, '1000'], ready: { file: web-ready, timeout: 60s } }\n";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process up = project.up();
            project.awaitUp().await("db", "ready");
            project.file("ostler.yaml", yaml + more);
            Process apply = project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            project.await("web", "started");

            project.file("die", "");
            project.await("db", "failed");
            project.file("web-ready", "");

            assertThat(apply.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(exitCode(up)).isEqualTo(1);
        }
    }
}

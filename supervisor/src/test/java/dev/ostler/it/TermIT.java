package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** SIGTERM to {@code ostler up}, as Docker and Kubernetes send it, at moments when something else is going on. */
class TermIT {
    /** Far below each grace period here; reached only when the end does not come at once. */
    private static final long PATIENCE_SECONDS = 40;

    private static final String MARK = "in-$PWD";

    private static void assertEnds(Process up, OstlerProject project) throws InterruptedException {
        assertThat(up.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("ended\n%s", project.logs())
                .isTrue();
        assertThat(OstlerProject.commandLinesWith("in-" + project.directory())).isEmpty();
    }

    /** Ignores SIGTERM. */
    private static final String STUBBORN = """
            #!/bin/sh
            [ "$1" ] || exec ./stubborn MARK
            trap '' TERM
            echo here >> here
            while :; do sleep 0.1; done
            """.replace("MARK", MARK);

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s25_whileAServiceIsNotReadyYet(As as) throws InterruptedException {
        String yaml = """
                services:
                  slow:
                    command: [sh, -c, 'exec sleep 1000']
                    ready: { tcp: 1, timeout: 1h }
                  after:
                    command: [sleep, '1000']
                    depends_on: { slow: { condition: ready } }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Process up = project.up();
            project.awaitUp().await("slow", "started");
            project.await("after", "waiting");

            up.destroy();

            assertEnds(up, project);
        }
    }

    /** From before the supervisor exists to after it is there. */
    @ParameterizedTest
    @ValueSource(ints = {0, 150, 500})
    void s25_whileTheSupervisorStarts(int millis) throws InterruptedException {
        String yaml = "services: { it: { command: [./stubborn], stop_grace_period: 200ms } }\n";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("stubborn", STUBBORN);
            Process up = project.up();
            assertThat(up.waitFor(millis, TimeUnit.MILLISECONDS)).isFalse();

            up.destroy();

            assertEnds(up, project);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s25_twiceLeavesNoGrace(As as) throws InterruptedException {
        String yaml = "services: { it: { command: [./stubborn], stop_grace_period: 1h } }\n";
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("stubborn", STUBBORN);
            Process up = project.up();
            Eventually.until("it runs", () -> !project.text("here").isEmpty());
            up.destroy();
            project.await("it", "stopping");

            up.destroy();

            assertEnds(up, project);
        }
    }

    @Test
    void s25_duringBackoffAndCoolDown() throws InterruptedException {
        String yaml = """
                services:
                  again: { command: ['false'], restart: { backoff: { initial: 1h, max: 1h } } }
                  given-up:
                    command: ['false']
                    restart: { backoff: { initial: 1ms, max: 1ms }, limit: { count: 1, retry_after: 1h } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process up = project.up();
            project.awaitUp().await("again", "backoff");
            project.await("given-up", "failed");

            up.destroy();

            assertEnds(up, project);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s25_outerGraceIsKeptByAChainOfLongLadders(As as) throws InterruptedException {
        String yaml = """
                outer_grace: 2s
                services:
                  web: { command: [./stubborn], stop_grace_period: 1h, depends_on: [db] }
                  db: { command: [./stubborn], stop_grace_period: 1h }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("stubborn", STUBBORN);
            Process up = project.up();
            Eventually.until("both run", () -> project.text("here").equals("here\nhere\n"));

            up.destroy();

            assertEnds(up, project);
            assertThat(project.text("up.err"))
                    .contains("ostler.yaml:1:14 (outer_grace): the stop of \"web\", then \"db\" may take 7200 s, and"
                            + " 1800 ms are there for it; when all goes down, ladders are shortened");
            assertThat(project.logFile("db")).anyMatch(line -> line.contains("needed SIGKILL"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s25_outerGraceDoesNotConcernAPersonsDownButATermAfterIt(As as) throws InterruptedException {
        String yaml = """
                outer_grace: 1s
                services:
                  web: { command: [./stubborn], stop_grace_period: 1h }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("stubborn", STUBBORN);
            Process up = project.up();
            Eventually.until("it runs", () -> project.text("here").equals("here\n"));
            Process down = project.start(List.of(project.binary(), "down"), List.of(), "down");
            project.await("web", "stopping");
            project.killSupervisor();
            assertThat(project.status("web").get("state").asText()).isEqualTo("stopping");

            up.destroy(); // the first signal: in order, and within the grace

            assertEnds(up, project);
            assertThat(down.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(project.logFile("web")).anyMatch(line -> line.contains("needed SIGKILL"));
        }
    }
}

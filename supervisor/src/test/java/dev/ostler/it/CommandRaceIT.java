package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands that meet one another, and processes that do not want to go. */
class CommandRaceIT {
    /** A copy holds the lock as long as it lives; a second one leaves a mark. */
    private static final String ONLY_ONE = """
            #!/bin/sh
            exec 9>>lock
            flock -n 9 || { echo two > two-copies; exit 0; }
            exec sleep 1000
            """;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s8_whatIgnoresTermIsKilledAtTheEndOfTheGracePeriodAndCounted(As as) {
        String yaml = """
                services:
                  family:
                    command: [sh, -c, '(trap "" TERM; exec sleep 1001) & (trap "" TERM; exec sleep 1002) & echo $$! > last; wait']
                    stop_grace_period: 500ms
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until("the children run", () -> !project.text("last").isBlank());
            long child = Long.parseLong(project.text("last").strip());

            Result stop = project.run("stop", "family").ok();

            assertThat(OstlerProject.isAlive(child)).isFalse();
            assertThat(stop.out())
                    .isEqualTo("family: stopped as requested by a person, but 2 processes needed SIGKILL"
                            + " (killed by SIGTERM)\n");
            assertThat(project.status("family").get("state").asText()).isEqualTo("down");
            assertThat(project.status("family").at("/last_exit/cause").asText()).isEqualTo("stop-timeout");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s10_fiftyRestartsAtOnceAreAllAnsweredAndNeverRunTwoCopies(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, oneService("stop_grace_period: 5s"))) {
            project.file("only-one", ONLY_ONE).run("up", "-d").ok();

            List<Process> callers = IntStream.range(0, 50)
                    .mapToObj(i -> project.start(List.of(project.binary()), List.of("restart", "one"), "restart"))
                    .toList();

            for (Process caller : callers) {
                assertThat(caller.waitFor(30, TimeUnit.SECONDS)).as("answered").isTrue();
                assertThat(caller.exitValue()).as(project.text("restart.err")).isZero();
            }
            project.await("one", "ready");
            assertThat(project.text("two-copies")).isEmpty();
        }
    }

    @Test
    void s10_aStartDuringAStopWinsAndBothAreAnswered() throws Exception {
        String yaml = """
                services:
                  one:
                    command: [sh, -c, 'trap "sleep 1; exit 0" TERM; while :; do sleep 0.05; done']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            long first = project.pid("one");

            Process stop = project.start(List.of(project.binary(), "stop", "one"), List.of(), "stop");
            project.await("one", "stopping");
            Result start = project.run("start", "one");

            assertThat(start.exitCode()).as(start.toString()).isZero();
            assertThat(stop.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(stop.exitValue()).isZero();
            assertThat(project.pid("one")).isNotEqualTo(first);
            assertThat(project.status("one").get("state").asText()).isEqualTo("ready");
        }
    }

    @Test
    void s10_aStopDuringBackoffEndsItAtOnce() {
        String yaml = """
                services:
                  one:
                    command: ['false']
                    restart: { backoff: { initial: 1h, max: 1h } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");
            project.await("one", "backoff");

            project.run("stop", "one").ok();

            assertThat(project.status("one").get("state").asText()).isEqualTo("down");
            assertThat(project.status("one").get("wanted").asText()).isEqualTo("down");
        }
    }

    @Test
    void s10_aServiceThatWaitsForADependencyObeysTheLastCommand() throws Exception {
        String yaml = """
                services:
                  db:
                    command: [sleep, '1000']
                    ready: { tcp: 1, timeout: 1h }
                  web:
                    command: [sleep, '1000']
                    depends_on: { db: { condition: ready } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process up = project.up("-d");
            project.awaitUp().await("web", "waiting");
            assertThat(project.status("web").get("reason").asText()).isEqualTo("waiting for \"db\" to be ready");

            Process restart = project.start(List.of(project.binary(), "restart", "web"), List.of(), "restart");
            project.run("stop", "web").ok();
            assertThat(project.status("web").get("state").asText()).isIn("down", "waiting");
            Process start = project.start(List.of(project.binary(), "start", "web"), List.of(), "start");
            project.await("web", "waiting");
            project.run("stop", "web", "db").ok();

            for (Process caller : List.of(up, restart, start)) {
                assertThat(caller.waitFor(10, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(project.text("start.err")).contains("cannot start \"web\": stop requested by a person");
            assertThat(project.status("web").get("state").asText()).isEqualTo("down");
            assertThat(project.status("db").get("state").asText()).isEqualTo("down");
        }
    }

    @Test
    void s10_whoStartsADependentOfWhatKeepsFailingIsAnswered() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String yaml = """
                services:
                  web:
                    command: [sleep, '1000']
                    depends_on: { db: { condition: ready } }
                  db:
                    command: [sh, -c, '[ -e go ] && exec sleep 1000; exit 1']
                    ready: { tcp: %d }
                    restart: { backoff: { initial: 200ms, max: 200ms } }
                """.formatted(port);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result up = project.run("up", "-d");
            Result start = project.run("start", "web");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).contains("cannot start \"web\": dependency \"db\" is not up yet: exited 1 after");
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err()).startsWith("cannot start \"web\": dependency \"db\" is not up yet: ");
            try (ServerSocket answering = new ServerSocket(port)) {
                assertThat(answering.isBound()).isTrue();
                project.file("go", "");
                project.await("web", "ready");
            }
        }
    }

    @Test
    void s11_upDownUpWithinASecondOfACrashEndsUp() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, oneService("restart: { policy: always }"))) {
            project.file("only-one", ONLY_ONE).run("up", "-d").ok();
            long first = project.pid("one");

            ProcessHandle.of(first).orElseThrow().destroyForcibly();
            project.run("start", "one").ok();
            project.run("stop", "one").ok();
            project.run("start", "one").ok();

            assertThat(project.status("one").get("state").asText()).isEqualTo("ready");
            assertThat(project.status("one").get("wanted").asText()).isEqualTo("up");
            assertThat(OstlerProject.isAlive(project.pid("one"))).isTrue();
            assertThat(project.text("two-copies")).isEmpty();
        }
    }

    @Test
    void s11_theProjectItselfGoesUpDownUp() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, oneService("restart: { policy: always }"))) {
            project.file("only-one", ONLY_ONE).run("up", "-d").ok();
            ProcessHandle.of(project.pid("one")).orElseThrow().destroyForcibly();

            project.run("down").ok();
            project.run("up", "-d").ok();

            project.await("one", "ready");
            assertThat(project.text("two-copies")).isEmpty();
        }
    }

    private static String oneService(String more) {
        return """
                services:
                  one:
                    command: [./only-one]
                    %s
                """.formatted(more);
    }
}

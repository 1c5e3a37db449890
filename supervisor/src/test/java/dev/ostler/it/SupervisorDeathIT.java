package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The supervisor's JVM is killed, at moments good and bad: no service notices, and nothing is forgotten. */
class SupervisorDeathIT {
    private static final int DEATHS = Integer.getInteger("ostler.deaths", 6);

    /** What was read and not yet written at the kill, at a line each 10 ms or more. */
    private static final int LINES_LOST_AT_A_DEATH = 5;

    private static final String TWO_COUNTERS = """
            services:
              one:
                command: [sh, -c, 'while :; do i=$$((i+1)); echo $$i; sleep 0.01; done']
              two:
                command: [sh, -c, 'while :; do i=$$((i+1)); echo $$i; sleep 0.01; done']
                depends_on: [one]
            """;

    private static final String STUBBORN = """
            services:
              stubborn:
                command: [sh, -c, 'trap "" TERM; exec sleep 1000']
                stop_grace_period: 2s
            """;

    /** A second copy of it would find the lock taken. */
    private static final String ONLY_ONE = """
            services:
              single:
                command: [sh, -c, 'exec 9> held; flock -n 9 || echo two > overlap; echo run >> runs; exec sleep 1000']
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void servicesKeepTheirProcessesStartTimesAndRestartCounts(As as) {
        try (OstlerProject project = OstlerProject.create(as, TWO_COUNTERS)) {
            project.run("up", "-d").ok();
            String one = identity(project.status("one"));
            String two = identity(project.status("two"));

            for (int i = 0; i < DEATHS; i++) {
                project.killSupervisor();
                assertThat(identity(project.status("one"))).isEqualTo(one);
                assertThat(identity(project.status("two"))).isEqualTo(two);
            }

            project.run("down").ok();
            assertThat(project.logs()).doesNotContain("SIGPIPE").doesNotContain("Exception");
            assertCounts(project.logFile("one"));
            assertCounts(project.logFile("two"));
        }
    }

    private static String identity(JsonNode status) {
        return String.join(
                " ",
                List.of("pid", "started", "run", "restarts", "state").stream()
                        .map(field -> field + "=" + status.get(field).asText())
                        .toList());
    }

    private static void assertCounts(List<String> log) {
        List<Long> numbers = log.stream()
                .filter(line -> line.startsWith("stdout"))
                .map(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .toList();
        assertThat(numbers).isNotEmpty();
        long last = 0;
        long lost = 0;
        for (long number : numbers) {
            assertThat(number).isBetween(last + 1, last + 1 + LINES_LOST_AT_A_DEATH);
            lost += number - last - 1;
            last = number;
        }
        assertThat(lost).isLessThanOrEqualTo((long) DEATHS * LINES_LOST_AT_A_DEATH);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anExitThatNobodySawIsSeenLaterAndRestartedOnce(boolean supervisorFirst) {
        for (As as : List.of(As.CURRENT, As.PLAIN_USER)) {
            try (OstlerProject project = OstlerProject.create(as, ONLY_ONE)) {
                project.run("up", "-d").ok();
                long pid = project.pid("single");
                Eventually.until(
                        "the first run has begun", () -> !project.text("runs").isEmpty());

                if (supervisorFirst) {
                    project.killSupervisor();
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                } else {
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                    project.killSupervisor();
                }

                JsonNode status = project.awaitRun("single", 2);
                assertThat(status.get("restarts").asInt()).isEqualTo(1);
                assertThat(status.get("pid").asLong()).isNotEqualTo(pid);
                assertThat(status.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
                Eventually.until(
                        "the second run has begun", () -> project.text("runs").equals("run\nrun\n"));
                assertThat(project.text("overlap")).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aStopThatIsUnderWayGoesOn(As as) {
        try (OstlerProject project = OstlerProject.create(as, STUBBORN)) {
            project.run("up", "-d").ok();
            long pid = project.pid("stubborn");
            project.start(List.of(project.binary()), List.of("stop", "stubborn"), "stop");
            project.await("stubborn", "stopping");

            project.killSupervisor();

            project.run("stop", "stubborn").ok();
            assertThat(OstlerProject.isAlive(pid)).isFalse();
            JsonNode status = project.status("stubborn");
            assertThat(status.get("state").asText()).isEqualTo("down");
            assertThat(status.get("last_exit").get("cause").asText()).isEqualTo("stop-timeout");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aShutdownThatIsUnderWayGoesOn(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, STUBBORN)) {
            Process up = project.up();
            project.awaitUp();
            long pid = project.await("stubborn", "ready").get("pid").asLong();
            up.destroy(); // SIGTERM
            project.await("stubborn", "stopping");

            project.killSupervisor();

            assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(up.exitValue()).isZero();
            assertThat(OstlerProject.isAlive(pid)).isFalse();
        }
    }

    @Test
    void aBackoffGoesOn() {
        String failsTwice = """
                services:
                  fails-twice:
                    command: [sh, -c, 'echo run >> runs; test $$(wc -l < runs) -gt 2 && exec sleep 1000; exit 3']
                    restart: { backoff: { initial: 2s, factor: 1, jitter: 0 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, failsTwice)) {
            Process up = project.up();
            project.awaitUp();
            project.await("fails-twice", "backoff");

            project.killSupervisor();
            project.awaitRun("fails-twice", 3);

            assertThat(up.isAlive()).isTrue();
            assertThat(project.status("fails-twice").get("restarts").asInt()).isEqualTo(2);
            assertThat(project.text("runs")).isEqualTo("run\nrun\nrun\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void anUpThatWaitsForReadinessGoesOn(As as) throws Exception {
        int port = FreePort.next();
        String waiting = """
                services:
                  slow:
                    command: [sleep, "1000"]
                    ready: { tcp: "127.0.0.1:%d", timeout: 60s }
                  after:
                    command: [sleep, "1000"]
                    depends_on: { slow: { condition: ready } }
                """.formatted(port);
        try (OstlerProject project = OstlerProject.create(as, waiting)) {
            Process up = project.up("-d");
            project.awaitUp();
            long pid = project.await("slow", "started").get("pid").asLong();

            project.killSupervisor();
            project.await("slow", "started");
            try (ServerSocket listener = new ServerSocket(port, 8, InetAddress.getLoopbackAddress())) {
                assertThat(listener.isBound()).isTrue();
                project.await("after", "ready");
            }

            assertThat(project.pid("slow")).isEqualTo(pid);
            assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(up.exitValue()).isZero();
        }
    }
}

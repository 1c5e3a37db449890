package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM that answers is left alone, one that does not is made to say why and restarted, once. */
class HealthIT {
    /** @param health begins with the attempts' timeout */
    private static OstlerProject answering(As as, int startMillis, String health) throws IOException {
        int port = FreePort.next();
        OstlerProject project = OstlerProject.create(as, """
                services:
                  app:
                    command: ['${JAVA_HOME}/bin/java', '-Xshare:auto', '-XX:TieredStopAtLevel=1', Answering.java, '%d', '%d']
                    stop_grace_period: 1s
                    ready: { tcp: %d, timeout: 60s }
                    health: { http: "http://127.0.0.1:%d/", interval: 50ms, attempt_timeout: %s }
                """.formatted(port, startMillis, port, port, health));
        return project.file("Answering.java", Files.readString(Path.of("src/test/resources/it/Answering.java")));
    }

    private static void awaitHealth(OstlerProject project, String state) {
        Eventually.until(
                "app is " + state,
                () -> project.status("app").at("/health/state").asText().equals(state));
    }

    private static void assertEndedByItsProbe(JsonNode status) {
        assertThat(status.get("restarts").asInt()).isEqualTo(1);
        assertThat(status.at("/last_exit/cause").asText()).isEqualTo("probe");
        assertThat(status.at("/last_exit/text").asText()).startsWith("unhealthy after ");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s22_aHungJvmDumpsItsThreadsAndIsRestartedOnce(As as) throws IOException {
        try (OstlerProject project = answering(as, 0, "1s, failures: 2, dump: { wait: 2s }")) {
            project.run("up", "-d").ok();
            awaitHealth(project, "healthy");

            project.file("hung", "");
            Eventually.until(
                    "it is being stopped",
                    () -> !project.status("app").get("state").asText().equals("ready"));
            Files.delete(project.directory().resolve("hung"));

            assertEndedByItsProbe(project.awaitRun("app", 2));
            assertThat(project.log("app"))
                    .anyMatch(line -> line.startsWith("stdout F:1 Full thread dump"))
                    .anyMatch(line -> line.startsWith("stdout F:1") && line.contains("waitWhileHung"))
                    .anyMatch(line -> line.startsWith("ostler F:1 stopping: unhealthy, 2 failures in a row: http "));
            awaitHealth(project, "healthy");
            assertThat(project.status("app").get("run").asInt()).isEqualTo(2);
        }
    }

    @Test
    void s22_aStoppedProcessIsStillEnded() throws IOException {
        try (OstlerProject project = answering(As.CURRENT, 0, "1s, failures: 2, dump: { wait: 100ms }")) {
            project.run("up", "-d").ok();
            awaitHealth(project, "healthy"); // until then failures do not count
            long pid = project.pid("app");

            project.shell("kill -STOP " + pid).ok();

            JsonNode status = project.awaitRun("app", 2);
            assertEndedByItsProbe(status);
            assertThat(status.at("/last_exit/signal").asText()).isEqualTo("SIGKILL");
            assertThat(OstlerProject.isAlive(pid)).isFalse();
        }
    }

    @Test
    void j23_aSlowStartIsHeldByItsOwnLimitAndNotByItsHealth() throws IOException {
        try (OstlerProject project = answering(As.CURRENT, 2000, "20s, failures: 1, start_period: 0s")) {
            project.run("up", "-d").ok();
            awaitHealth(project, "healthy");

            assertThat(project.status("app").get("restarts").asInt()).isZero();
            assertThat(project.status("app").get("run").asInt()).isEqualTo(1);
        }
    }

    @Test
    void s27_theHealthIsAskedForOverTheDeathOfTheSupervisor() throws IOException {
        try (OstlerProject project = answering(As.CURRENT, 0, "20s, failures: 3")) {
            project.run("up", "-d").ok();
            awaitHealth(project, "healthy");
            String since = project.status("app").at("/health/since").asText();

            project.killSupervisor();

            assertThat(project.status("app").at("/health/state").asText()).isEqualTo("healthy");
            assertThat(project.status("app").at("/health/since").asText()).isEqualTo(since);
            project.file("sick", "");
            Eventually.until(
                    "it is restarted", () -> project.status("app").get("run").asInt() == 2);
            Files.delete(project.directory().resolve("sick"));
            assertEndedByItsProbe(project.awaitRun("app", 2));
        }
    }

    @Test
    void s27_aSupervisorThatDiesDuringADumpGoesOnWithTheLadder() throws IOException {
        try (OstlerProject project = answering(As.CURRENT, 0, "20s, failures: 1, dump: { wait: 1s }")) {
            project.run("up", "-d").ok();
            awaitHealth(project, "healthy");

            project.file("sick", "");
            project.await("app", "stopping");
            Files.delete(project.directory().resolve("sick"));
            project.killSupervisor();

            assertEndedByItsProbe(project.awaitRun("app", 2));
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is told with its place, and changes nothing that runs. */
class ConfigurationFaultsIT {
    private static final String GOOD = """
            services:
              a:
                command: [sleep, '1000']
              b:
                command: [sleep, '1000']
                depends_on: [a]
            """;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services:\\n  a: {command: [x}\\n | ostler.yaml:2:18",
                "services:\\n  a:\\n    command: [x]\\n    comand: [y]\\n | ostler.yaml:4:5",
                "services:\\n  a:\\n    command: [x]\\n    depends_on: [b]\\n  b:\\n    command: [x]\\n    depends_on: [a]\\n"
                        + " | ostler.yaml:7:18",
            })
    void s18_aBadFileIsRefusedWithItsPlaceAndNothingIsStarted(String yaml, String place) {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.replace("\\n", "\n"))) {
            Result check = project.run("check");
            Result up = project.run("up", "-d");

            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err()).contains(place);
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).contains(place);
            assertThat(project.run("status").err()).startsWith("no supervisor is running");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "services: [broken",
                "services: { a: { command: [sleep, '1000'], nice: 5 }, other: { command: [sleep, '1000'] } }"
            })
    void s18_aRunningProjectStaysAsItIsWhenItsFileChangesAndTheSupervisorDies(String edited) {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, GOOD)) {
            project.run("up", "-d").ok();
            long a = project.pid("a");
            long b = project.pid("b");
            long jvm = project.supervisorPid().orElseThrow();

            project.file("ostler.yaml", edited);
            ProcessHandle.of(jvm).orElseThrow().destroyForcibly();
            Eventually.until(
                    "another supervisor answers",
                    () -> project.run("status").exitCode() == 0
                            && project.supervisorPid().filter(pid -> pid != jvm).isPresent());

            assertThat(project.pid("a")).isEqualTo(a);
            assertThat(project.pid("b")).isEqualTo(b);
            assertThat(project.run("status").out()).doesNotContain("other");
            project.run("restart", "b").ok();
            assertThat(project.pid("b")).isNotEqualTo(b);
            assertThat(project.pid("a")).isEqualTo(a);
        }
    }

    @Test
    void s16_dependentsOfWhatCanNeverBeReadyAreSkippedAtOnceWithTheReason() {
        String yaml = """
                services:
                  last:
                    command: [sleep, '1000']
                    depends_on: [web]
                  web:
                    command: [sleep, '1000']
                    depends_on: { db: { condition: ready } }
                  db:
                    command: ['false']
                    ready: { tcp: 1, timeout: 1h }
                    restart: { policy: never }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err())
                    .containsPattern("cannot start \"db\": exited 1 after \\d+ ms\n")
                    .containsPattern("cannot start \"web\": dependency \"db\" failed: exited 1 after \\d+ ms; .*\n")
                    .contains("cannot start \"last\": dependency \"web\" was not started: dependency \"db\" failed");
            assertThat(project.status("web").get("state").asText()).isEqualTo("dependency-failed");
            assertThat(project.status("last").get("state").asText()).isEqualTo("dependency-failed");
            assertThat(project.status("web").get("run").asInt()).isZero();
        }
    }
}

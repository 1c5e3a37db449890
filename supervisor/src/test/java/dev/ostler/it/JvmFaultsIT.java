package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A JVM ends with 143 after SIGTERM, whoever sent it. */
class JvmFaultsIT {
    private static final int MIRRORED_TERM = 143;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void j1_aStopRunsTheHooksAndIsNeitherAFailureNorFollowedByARestart(As as) throws IOException {
        try (OstlerProject project = hooked(as, "command: ['${JAVA_HOME}/bin/java', Hooked.java]", "on-failure")) {
            Result stop = project.run("stop", "app").ok();

            assertThat(stop.out()).isEqualTo("app: stopped as requested by a person (exited 143)\n");
            assertThat(project.text("hook-ran")).isEqualTo("yes");
            assertThat(project.log("app")).contains("stdout F:1 hook ran");
            JsonNode status = project.status("app");
            assertThat(status.get("state").asText()).isEqualTo("down");
            assertThat(status.get("restarts").asInt()).isZero();
            assertThat(status.get("run").asInt()).isEqualTo(1);
            assertThat(status.at("/last_exit/cause").asText()).isEqualTo("requested-stop");
            assertThat(status.at("/last_exit/code").asInt()).isEqualTo(MIRRORED_TERM);
        }
    }

    @Test
    void j2_aTermFromSomeoneElseIsAnExternalStopThatOnFailureAccepts() throws IOException {
        try (OstlerProject project =
                hooked(As.CURRENT, "command: ['${JAVA_HOME}/bin/java', Hooked.java]", "on-failure")) {
            ProcessHandle.of(project.pid("app")).orElseThrow().destroy();

            JsonNode status = project.await("app", "finished");
            assertThat(project.text("hook-ran")).isEqualTo("yes");
            assertThat(status.at("/last_exit/cause").asText()).isEqualTo("external-stop");
            assertThat(status.at("/last_exit/code").asInt()).isEqualTo(MIRRORED_TERM);
            assertThat(status.get("restarts").asInt()).isZero();
            assertThat(project.run("status").out()).contains("stopped by someone else after");
        }
    }

    @Test
    void j2_aTermFromSomeoneElseIsFollowedByARestartUnderAlways() throws IOException {
        try (OstlerProject project = hooked(As.CURRENT, "command: ['${JAVA_HOME}/bin/java', Hooked.java]", "always")) {
            long first = project.pid("app");

            ProcessHandle.of(first).orElseThrow().destroy();

            Eventually.until(
                    "the second run", () -> project.status("app").get("run").asInt() == 2);
            JsonNode status = project.await("app", "ready");
            assertThat(status.get("pid").asLong()).isNotEqualTo(first);
            assertThat(status.at("/last_exit/cause").asText()).isEqualTo("external-stop");
            assertThat(status.get("restarts").asInt()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void j3_theShellInFrontOfTheJvmDoesNotKeepTheTermFromIt(As as) throws IOException {
        // What follows keeps the shell from executing the JVM in its own place.
        String command = "command: [sh, -c, '\"${JAVA_HOME}/bin/java\" Hooked.java; exit $$?']";
        try (OstlerProject project = hooked(as, command, "on-failure")) {
            assertThat(project.log("app")).noneMatch(line -> line.endsWith("running as " + project.pid("app")));

            Result stop = project.run("stop", "app").ok();

            assertThat(project.text("hook-ran")).isEqualTo("yes");
            assertThat(stop.out())
                    .startsWith("app: stopped as requested by a person")
                    .doesNotContain("SIGKILL");
            assertThat(project.status("app").get("state").asText()).isEqualTo("down");
            assertThat(project.status("app").at("/last_exit/cause").asText()).isEqualTo("requested-stop");
        }
    }

    /** A project whose JVM is running and has its hook. */
    private static OstlerProject hooked(As as, String command, String policy) throws IOException {
        OstlerProject project = OstlerProject.create(as, """
                services:
                  app:
                    extends: jvm-service
                    %s
                    restart: { policy: %s, backoff: { initial: 1ms, max: 1ms } }
                """.formatted(command, policy));
        project.file("Hooked.java", Files.readString(Path.of("src/test/resources/it/Hooked.java")));
        project.run("up", "-d").ok();
        Eventually.until(
                "the JVM runs", () -> project.log("app").stream().anyMatch(line -> line.contains("running as")));
        return project;
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A plain user who is root in a user namespace, as in a rootless container: root by number, with all capabilities, and yet
 * without any right outside. Commands come from inside, and from outside as the user who made it.
 */
class UserNamespaceIT {
    private static final String DB_AND_WEB = """
            services:
              web:
                command: [sh, -c, 'id -u; trap "echo web >> ended; exit 0" TERM; while :; do sleep 0.05; done']
                depends_on: [db]
              db:
                command: [sh, -c, 'id -u; trap "echo db >> ended; exit 0" TERM; while :; do sleep 0.05; done']
                restart: { policy: on-failure, backoff: { initial: 50ms } }
            """;

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void servicesAreStartedRestartedAdoptedAndStopped(Jdk jdk) throws IOException {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, jdk, DB_AND_WEB)) {
            Result made = project.shell("unshare -Ur true");
            Assumptions.assumeTrue(
                    made.exitCode() == 0, () -> "skipped: no user namespace can be made here: " + made.err());

            Result up = project.shell("exec unshare -Ur '" + project.binary() + "' up -d")
                    .ok();

            assertThat(up)
                    .isEqualTo(new Result(
                            0,
                            "",
                            "note: no cgroup can be made here: a guard process ends what a service leaves behind\n"));
            long web = project.await("web", "ready").get("pid").asLong();
            long db = project.await("db", "ready").get("pid").asLong();
            Eventually.until(
                    "both have printed their user",
                    () -> project.log("web").contains("stdout F:1 0")
                            && project.log("db").contains("stdout F:1 0"));
            assertThat(inside(project, "status", "--json").ok()).isEqualTo(project.run("status", "--json"));
            assertThat(owner(web)).isEqualTo(owner(project.keeperPid()));
            assertThat(project.status("web").get("stop_by").asText()).isEqualTo("guard");

            ProcessHandle.of(db).ifPresent(ProcessHandle::destroyForcibly);
            JsonNode again = project.awaitRun("db", 2);
            assertThat(again.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
            assertThat(again.get("restarts").asInt()).isEqualTo(1);

            long supervisor = project.supervisorPid().orElseThrow();
            ProcessHandle.of(supervisor).ifPresent(ProcessHandle::destroyForcibly);
            Eventually.until(
                    "another supervisor is there",
                    () -> project.supervisorPid()
                            .filter(pid -> pid != supervisor)
                            .isPresent());
            assertThat(project.pid("web")).isEqualTo(web);
            assertThat(project.status("db")).isEqualTo(again);

            assertThat(inside(project, "stop", "web"))
                    .isEqualTo(new Result(0, "web: stopped as requested by a person (exited 0)\n", ""));
            inside(project, "start", "web").ok();
            List<Long> last = List.of(project.pid("web"), project.pid("db"));
            long keeper = project.keeperPid();
            assertThat(inside(project, "down").ok().err()).isEmpty();

            assertThat(last).noneMatch(OstlerProject::isAlive);
            Eventually.until("the keeper has ended", () -> !OstlerProject.isAlive(keeper));
            assertThat(project.text("ended")).isEqualTo("web\nweb\ndb\n");
            assertThat(project.logs()).doesNotContain("WARN").doesNotContain("Exception");
        }
    }

    /** A command in the namespace of the keeper. */
    private static Result inside(OstlerProject project, String... args) {
        return project.shell("exec nsenter --user --preserve-credentials --target " + project.keeperPid() + " '"
                + project.binary() + "' " + String.join(" ", args));
    }

    private static Object owner(long pid) throws IOException {
        return Files.getAttribute(Path.of("/proc/" + pid), "unix:uid");
    }
}

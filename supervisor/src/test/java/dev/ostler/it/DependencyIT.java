package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One-shots, and what the end of one service means for another, with real processes. */
class DependencyIT {
    /** The job ends when a file tells it to, with the code that is in it. */
    private static final String WEB_AND_JOB = """
            services:
              web:
                command: [sh, -c, 'cat done > seen; exec sleep 1000']
                depends_on: [job]
              job:
                type: oneshot
                remain: true
                restart: never
                command: [sh, -c, 'echo begun >> begun; while [ ! -e go ]; do sleep 0.02; done; echo done > done; exit $$(cat go)']
            """;

    private static final String WEB_AND_DB = """
            services:
              web:
                command: [sh, -c, 'exec sleep 1000']
                depends_on: { db: { restart: %s } }
              db:
                command: [sh, -c, 'exec sleep 1001']
                restart: never
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aOneshotIsDoneOnceAndBeforeWhatNeedsItAlsoWhenTheSupervisorDiesMeanwhile(As as) {
        try (OstlerProject project = OstlerProject.create(as, WEB_AND_JOB)) {
            Process up = project.up("-d");
            project.awaitUp();
            project.await("job", "started");
            assertThat(project.status("web").get("reason").asText())
                    .isEqualTo("waiting for \"job\" to complete successfully");

            project.killSupervisor();
            assertThat(project.status("job").get("state").asText()).isEqualTo("started");
            project.file("go", "0");

            assertThat(up.onExit()).succeedsWithin(Eventually.PATIENCE);
            assertThat(up.exitValue()).as(project.text("up.err")).isZero();
            assertThat(project.status("job").get("state").asText()).isEqualTo("completed");
            Eventually.until("web has seen the work", () -> project.text("seen").equals("done\n"));
            project.killSupervisor();
            project.run("restart", "web").ok();
            assertThat(project.text("begun")).isEqualTo("begun\n");
            assertThat(project.run("start", "job").ok().out()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s16_aOneshotThatFailsIsAllThatIsStarted(As as) {
        try (OstlerProject project = OstlerProject.create(as, WEB_AND_JOB)) {
            project.file("go", "4");

            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err())
                    .contains("cannot start \"web\": dependency \"job\" failed: exited 4 after ")
                    .contains("; restart policy is never\n");
            assertThat(project.status("web").get("run").asInt()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s14_aFailedDependencyTakesAServiceDownAndBringsItBack(As as) {
        try (OstlerProject project = OstlerProject.create(as, WEB_AND_DB.formatted("false"))) {
            project.run("up", "-d").ok();
            long web = project.pid("web");

            ProcessHandle.of(project.pid("db")).ifPresent(ProcessHandle::destroyForcibly);
            JsonNode status = project.await("web", "dependency-failed");

            assertThat(status.get("reason").asText()).startsWith("dependency \"db\" failed: killed by SIGKILL after ");
            assertThat(status.get("last_exit").get("cause").asText()).isEqualTo("dependency");
            assertThat(OstlerProject.isAlive(web)).isFalse();
            project.killSupervisor();
            project.run("start", "db").ok();
            project.awaitRun("web", 2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aBoundServiceGoesFirstAlsoWhenTheSupervisorDiesMeanwhile(As as) {
        String yaml = WEB_AND_DB.formatted("true").replace("exec sleep 1000", "trap \"\" TERM; exec sleep 1000");
        try (OstlerProject project = OstlerProject.create(as, yaml + "    stop_grace_period: 1s\n")) {
            project.run("up", "-d").ok();
            long db = project.pid("db");
            long web = project.pid("web");
            Process restart = project.start(List.of(project.binary()), List.of("restart", "db"), "restart");
            project.await("web", "stopping");

            project.killSupervisor();
            assertThat(project.status("web").get("pid").asLong()).isEqualTo(web);
            assertThat(project.status("db").get("pid").asLong()).isEqualTo(db);
            assertThat(OstlerProject.isAlive(db)).isTrue();
            ProcessHandle.of(web).ifPresent(ProcessHandle::destroyForcibly);

            project.awaitRun("db", 2);
            project.awaitRun("web", 2);
            assertThat(restart.onExit()).succeedsWithin(Eventually.PATIENCE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void stopOfAllGoesInReverseOrder(As as) {
        try (OstlerProject project = OstlerProject.create(as, WEB_AND_DB.formatted("false"))) {
            project.run("up", "-d").ok();

            project.run("stop").ok();

            assertThat(project.supervisorSaid())
                    .containsSubsequence("service=web from=stopping to=down", "service=db from=ready to=stopping");
        }
    }
}

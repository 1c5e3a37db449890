package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands around a service, with real processes. */
class HooksIT {
    /** Each says when it is its turn, and who it is. */
    private static final String ALL = """
            services:
              web:
                command: [sh, -c, 'echo main >> order; exec sleep 1000']
                environment: { WHO: web }
                restart: never
                hooks:
                  pre_start: [sh, -c, 'echo $$OSTLER_HOOK $$WHO >> order']
                  post_start: [sh, -c, 'echo $$OSTLER_HOOK >> order; test -d /proc/$$OSTLER_MAIN_PID']
                  pre_stop: { command: [sh, -c, 'echo $$OSTLER_HOOK; echo $$OSTLER_HOOK >> order'], timeout: 10s }
                  post_stop: [sh, -c, 'echo $$OSTLER_HOOK $$OSTLER_EXIT_CAUSE $$OSTLER_EXIT_SIGNAL$$OSTLER_EXIT_CODE >> order']
            """;

    /** Waits in a hook until a file is there. */
    private static final String SLOW = """
            services:
              slow:
                command: [sh, -c, 'exec sleep 1000']
                hooks:
                  %s: [sh, -c, 'echo begun >> begun; while [ ! -e go ]; do sleep 0.02; done']
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void eachIsRunInItsTurnAsTheServiceIs(As as) {
        try (OstlerProject project = OstlerProject.create(as, ALL)) {
            project.run("up", "-d").ok();
            project.run("stop", "web").ok();

            assertThat(project.text("order").lines())
                    .containsExactly(
                            "pre_start web", "main", "post_start", "pre_stop", "post_stop requested-stop SIGTERM");
            assertThat(project.log("web")).anyMatch(line -> line.startsWith("stdout") && line.endsWith(" pre_stop"));

            project.run("start", "web").ok();
            ProcessHandle.of(project.pid("web")).ifPresent(ProcessHandle::destroyForcibly);
            project.await("web", "failed");
            assertThat(project.text("order").lines().skip(5))
                    .containsExactly("pre_start web", "main", "post_start", "post_stop signal SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPreStartThatFailsSaysSoToWhomItConcerns(As as) {
        String yaml = SLOW.formatted("pre_start").replace("while [ ! -e go ]; do sleep 0.02; done", "exit 7");
        try (OstlerProject project = OstlerProject.create(as, yaml + "    restart: never\n")) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).contains("cannot start \"slow\": pre_start failed: exited 7");
            assertThat(project.status("slow").get("last_exit").get("cause").asText())
                    .isEqualTo("hook");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s25_termDuringAHookIsAnOrderlyStopAtOnce(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, SLOW.formatted("pre_start"))) {
            Process up = project.up();
            project.awaitUp();
            project.await("slow", "preparing");
            Eventually.until("the hook is at work", () -> !project.text("begun").isEmpty());
            long hook = project.status("slow").get("hook").get("pid").asLong();

            up.destroy(); // SIGTERM

            assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(up.exitValue()).isZero();
            assertThat(OstlerProject.isAlive(hook)).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_hooksGoOnWhenTheSupervisorDies(As as) {
        for (List<String> hook : List.of(
                List.of("pre_start", "preparing"),
                List.of("post_start", "started"),
                List.of("pre_stop", "stopping"),
                List.of("post_stop", "winding-up"))) {
            try (OstlerProject project = OstlerProject.create(as, SLOW.formatted(hook.get(0)))) {
                project.up("-d");
                project.awaitUp();
                if (hook.get(0).endsWith("stop")) {
                    project.await("slow", "ready");
                    project.start(List.of(project.binary()), List.of("restart", "slow"), "restart");
                }
                project.await("slow", hook.get(1));
                Eventually.until(
                        "the hook is at work", () -> !project.text("begun").isEmpty());
                JsonNode before = project.status("slow").get("hook");

                project.killSupervisor();
                assertThat(project.status("slow").get("hook")).isEqualTo(before);
                project.file("go", "");

                project.await("slow", "ready");
                assertThat(project.text("begun")).isEqualTo("begun\n");
            }
        }
    }
}

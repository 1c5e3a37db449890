package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What Ostler answers when it is asked why, until when, and how much. */
class AnswersIT {
    private static final String PROJECT = """
            services:
              failing:
                command: [sh, -c, 'echo no space >&2; exit 3']
                restart: { backoff: { initial: 1h, max: 1h, jitter: 0 } }
              slow:
                command: [sleep, "1000"]
                ready: { tcp: 1, timeout: 1h }
              web:
                command: [sleep, "1000"]
                depends_on: { slow: { condition: ready } }
              stubborn:
                command: [sh, -c, 'trap "" TERM; while :; do :; done']
                stop_grace_period: 1h
            """;

    private static OstlerProject up(As as) {
        OstlerProject project = OstlerProject.create(as, PROJECT);
        project.up();
        project.awaitUp();
        project.await("failing", "backoff");
        project.await("slow", "started");
        project.await("stubborn", "ready");
        return project;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whyATreeAndTop(As as) {
        try (OstlerProject project = up(as)) {
            assertThat(project.run("why", "failing").ok().out())
                    .contains("failing is backoff for ", "because: exited 3 after ", "next try: in 59 min")
                    .contains("last end: run 1 exited 3 after ", "[exited 3]", "  last words:\n    no space\n");
            assertThat(project.run("why", "web").ok().out())
                    .contains("web is waiting", "  needs \"slow\" ready: it is started for ");
            assertThat(project.run("why", "slow").ok().out())
                    .contains("  last probe: ", "has failed when it is not ready in 59 min");
            assertThat(project.run("why", "nobody").exitCode()).isEqualTo(1);

            project.start(List.of(project.binary(), "stop", "stubborn"), List.of(), "stop");
            project.await("stubborn", "stopping");
            assertThat(project.run("why", "stubborn").ok().out())
                    .contains("next step of the stop: in 59 min")
                    .containsPattern("waits for the end of: \\d+ sh \\(R\\)");

            assertThat(project.run("tree").ok().out()).contains("web (waiting)\n└─ slow: ready (started)\n");
            String top = project.run("top").ok().out();
            assertThat(top)
                    .startsWith("SERVICE")
                    .containsPattern("\nstubborn +\\d+% +\\d+\\.\\d\\ds +\\d+\\.\\dM +1 +0 +stopping\n");
            assertThat(top).containsPattern("\nfailing +- +- +- +- +1 +backoff");
            assertThat(project.run("status", "--self").ok().out())
                    .containsPattern("loop: \\d+ ms user, \\d+ ms system, \\d+ wake-ups")
                    .contains("waiting: ");

            ProcessHandle.of(project.pid("stubborn")).ifPresent(ProcessHandle::destroyForcibly);
            project.await("stubborn", "down");
        }
    }

    /** It sleeps in the kernel, on a page: neither a connection nor a supervisor is needed. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_whoWaitsNeedsNoSupervisor(As as) throws Exception {
        String yaml = "services: { slow: { command: [sleep, '1000'], ready: { tcp: 1, timeout: 1h } } }\n";
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.up();
            project.awaitUp().await("slow", "started");
            List<String> command = List.of(project.binary(), "wait", "slow", "--for", "ready");
            Process patient = project.start(command, List.of(), "patient");
            Process hurried = project.start(command, List.of("--timeout", "1s"), "hurried");
            for (Process waiter : List.of(patient, hurried)) {
                Eventually.until(
                        "it waits by itself",
                        () -> OpenFiles.of(waiter.pid()).containsValue("/memfd:ostler-state (deleted)"));
            }

            project.shell("kill -STOP " + project.supervisorPid().orElseThrow()).ok();
            assertThat(hurried.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(hurried.exitValue()).isEqualTo(1);
            assertThat(project.text("hurried.err")).isEqualTo("waited for 1 s:\nslow is started: started\n");

            project.killSupervisor();
            project.run("down").ok();
            assertThat(patient.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(patient.exitValue()).isEqualTo(1);
            assertThat(project.text("patient.err")).contains("slow is down: ");
        }
    }

    @Test
    void waitAnswersWhenItIsSoOrTheTimeIsOver() throws Exception {
        try (OstlerProject project = up(As.CURRENT)) {
            project.run("wait", "stubborn", "--for", "ready").ok();
            project.run("wait", "slow", "--for", "started").ok();
            Result late = project.run("wait", "slow", "web", "--for", "ready", "--timeout", "100ms");
            assertThat(late.exitCode()).isEqualTo(1);
            assertThat(late.err())
                    .isEqualTo(
                            "waited for 100 ms:\nslow is started: started\nweb is waiting: waiting for \"slow\" to be"
                                    + " ready\n");
            assertThat(project.run("wait", "slow", "--for", "happiness").exitCode())
                    .isEqualTo(2);

            Process wait =
                    project.start(List.of(project.binary(), "wait", "stubborn", "--for", "stopped"), List.of(), "wait");
            long supervisor = project.supervisorPid().orElseThrow();
            ProcessHandle.of(supervisor).ifPresent(ProcessHandle::destroyForcibly);
            project.awaitUp();
            assertThat(wait.isAlive()).isTrue();
            long pid = project.pid("stubborn");
            project.start(List.of(project.binary(), "stop", "stubborn"), List.of(), "stop");
            project.await("stubborn", "stopping");
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

            assertThat(wait.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(wait.exitValue()).isZero();
        }
    }

    @Test
    void eventsAreJsonLinesAndGoOnAsLongAsSomebodyListens() throws Exception {
        try (OstlerProject project = up(As.CURRENT)) {
            List<String> lines =
                    project.run("events", "failing").ok().out().lines().toList();
            assertThat(lines).hasSizeGreaterThanOrEqualTo(4);
            JsonNode last = new ObjectMapper().readTree(lines.get(lines.size() - 1));
            assertThat(last.get("service").asText()).isEqualTo("failing");
            assertThat(last.get("to").asText()).isEqualTo("backoff");
            assertThat(last.get("reason").asText()).startsWith("exited 3 after ");
            assertThat(last.get("run").asInt()).isEqualTo(1);

            Process follower = project.start(List.of(project.binary(), "events", "-f", "slow"), List.of(), "events");
            Eventually.until("it listens", () -> project.text("events.out").contains("\"to\":\"started\""));
            project.run("stop", "slow").ok();
            Eventually.until(
                    "it was told", () -> project.text("events.out").contains("\"from\":\"stopping\",\"to\":\"down\""));
            assertThat(project.text("events.out")).doesNotContain("\"failing\"");
            long stubborn = project.pid("stubborn");
            Process down = project.start(List.of(project.binary(), "down"), List.of(), "down");
            project.await("stubborn", "stopping");
            ProcessHandle.of(stubborn).ifPresent(ProcessHandle::destroyForcibly);
            assertThat(down.onExit()).succeedsWithin(Eventually.PATIENCE);
            assertThat(follower.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(follower.exitValue()).isZero();
        }
    }
}

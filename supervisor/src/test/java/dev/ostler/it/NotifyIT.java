package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.linux.PidFd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that tell of themselves, by sd_notify(3) and by a readiness descriptor. */
class NotifyIT {
    private static OstlerProject project(As as, String yaml) {
        OstlerProject project = OstlerProject.create(as, yaml);
        CProgram.build(project, "notify");
        return project;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s33_aShortLivedHelperIsHeardAndTheBarrierHolds(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, './notify STATUS=warming; ./notify --barrier READY=1 STATUS=serving; echo done; exec sleep 1000']
                    ready: { notify: true, timeout: 20s }
                  after:
                    command: [sh, -c, 'exec sleep 1000']
                    depends_on: [web]
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            assertThat(project.status("web").get("status_text").asText()).isEqualTo("serving");
            assertThat(project.run("status").ok().out()).contains("ready; serving");
            Eventually.until("the barrier is passed", () -> project.log("web").contains("stdout F:1 done"));
            project.run("audit", "web").ok();
            project.run("down").ok();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s33_readyFromAProcessOutsideOfTheServiceIsRefused(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done; ./notify --barrier READY=1; exec sleep 1000']
                    ready: notify
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.up();
            project.await("web", "started");
            String socket = variable(project.pid("web"), "NOTIFY_SOCKET");

            project.shell("NOTIFY_SOCKET=" + socket + " ./notify --barrier READY=1 STATUS=foreign")
                    .ok();

            JsonNode status = project.status("web");
            assertThat(status.get("state").asText()).isEqualTo("started");
            assertThat(status.has("status_text")).isFalse();
            assertThat(project.logs())
                    .contains("notification refused: process ")
                    .contains("does not belong to the service");
            project.file("go", "");
            project.await("web", "ready");
        }
    }

    private static String variable(long pid, String name) {
        try {
            return Arrays.stream(Files.readString(Path.of("/proc/" + pid + "/environ"))
                            .split("\0"))
                    .filter(variable -> variable.startsWith(name + "="))
                    .map(variable -> variable.substring(name.length() + 1))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s33_withAccessMainAHelperIsRefusedAndTheMainProcessIsHeard(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, './notify --barrier STATUS=helper; exec ./notify --barrier READY=1']
                    ready: notify
                    notify_access: main
                    restart: never
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.up();
            project.awaitUp().await("web", "finished");
            assertThat(project.logs()).contains("is not the main process");
            assertThat(project.supervisorSaid()).contains("service=web from=started to=ready");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void nothingIsLostWhileThereIsNoSupervisor(As as) {
        String yaml = """
                services:
                  told:
                    command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done; ./notify READY=1 STATUS=told; echo > told; exec sleep 1000']
                    ready: notify
                  line:
                    command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done; echo >&5; echo > line; exec sleep 1000']
                    ready: { fd: 5 }
                  over:
                    command: [sh, -c, 'while [ ! -e go ]; do sleep 0.05; done; ./notify STATUS=bye READY=1; echo > over; exit 3']
                    ready: notify
                    restart: never
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.up();
            for (String service : List.of("told", "line", "over")) {
                project.await(service, "started");
            }
            long keeper = project.keeperPid();

            signal(keeper, Signal.parse("STOP").orElseThrow());
            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            project.file("go", "");
            for (String file : List.of("told", "line", "over")) {
                Eventually.until("it was said", () -> !project.text(file).isEmpty());
            }
            signal(keeper, Signal.parse("CONT").orElseThrow());

            assertThat(project.await("told", "ready").get("status_text").asText())
                    .isEqualTo("told");
            project.await("line", "ready");
            project.await("over", "failed");
            assertThat(project.supervisorSaid()).contains("service=over from=started to=ready");
            assertThat(project.logs()).doesNotContain("notification refused");
        }
    }

    private static void signal(long pid, Signal signal) {
        try (PidFd process = PidFd.open(new Pid((int) pid))) {
            process.sendSignal(signal);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s22_aServiceThatGivesNoSignOfLifeIsRestartedOnce(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'echo $$WATCHDOG_USEC $$WATCHDOG_PID is $$$$; echo >> runs; if [ $$(wc -l < runs) = 1 ]; then exec sleep 1000; fi; while :; do ./notify WATCHDOG=1; sleep 0.2; done']
                    watchdog: 1s
                    stop: [ { signal: TERM, to: all }, { wait: 5s } ]
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();
            long first = project.pid("web");

            JsonNode status = project.awaitRun("web", 2);

            assertThat(status.get("last_exit").get("cause").asText()).isEqualTo("watchdog");
            assertThat(status.get("last_exit").get("text").asText()).isEqualTo("no sign of life for 1 s");
            assertThat(project.log("web")).contains("stdout F:1 1000000 " + first + " is " + first);
            signal(project.supervisorPid().orElseThrow(), Signal.KILL);
            Eventually.until(
                    "there is another supervisor", () -> project.supervisorPid().isPresent());
            assertThat(project.status("web").get("run").asInt()).isEqualTo(2);
        }
    }

    /** No socket of the host can be reached there: it is made in the sandbox itself. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aSandboxWithoutNetworkFilesAndAbstractSocketsCanTell(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, './notify --barrier STATUS=inside; ./notify READY=1; exec sleep 1000']
                    ready: { notify: true, timeout: 20s }
                    sandbox:
                      namespaces: [pid]
                      network: none
                      landlock: { scope: [abstract_unix_socket], if_unsupported: warn }
                """;
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            assertThat(project.status("web").get("status_text").asText()).isEqualTo("inside");
        }
    }
}

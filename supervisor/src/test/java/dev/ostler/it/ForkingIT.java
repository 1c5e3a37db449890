package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.linux.PidFd;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Daemons: what is launched leaves another process behind, in the background, and ends. */
class ForkingIT {
    /** Leaves a process behind that runs {@code ./daemon}, and ends at once. */
    private static final String FORKING = """
            services:
              web:
                command: [sh, -c, 'setsid ./daemon < /dev/null & exit 0']
                type: forking
                pid_file: { path: run/web.pid, timeout: %s }
                restart: %s
                stop: [ { signal: TERM }, { wait: 10s } ]
            """;

    private static final String DAEMON = """
            #!/bin/sh
            trap 'echo reloaded' HUP
            trap 'echo bye; exit 0' TERM
            trap 'exit 7' USR1
            %s
            echo up
            while :; do sleep 1000 & wait $!; kill $!; done
            """;

    private static OstlerProject project(As as, String timeout, String restart, String before) {
        return OstlerProject.create(as, FORKING.formatted(timeout, restart)).file("daemon", DAEMON.formatted(before));
    }

    private static void signal(long pid, String name) {
        try (PidFd process = PidFd.open(new Pid((int) pid))) {
            process.sendSignal(Signal.parse(name).orElseThrow());
        }
    }

    private static void assertIsDaemon(OstlerProject project) {
        assertThat(OstlerProject.commandLine(project.pid("web"))).contains("./daemon");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s30_aDaemonIsFollowedFromItsPidFileToItsEnd(As as) {
        String late = "sleep 0.2; mkdir -p run; : > run/web.pid; sleep 0.1; echo $$ > run/web.pid";
        try (OstlerProject project = project(as, "20s", "on-failure", late)) {
            project.run("up", "-d").ok();

            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            assertIsDaemon(project);
            project.run("audit", "web");
            long first = project.pid("web");
            project.killSupervisor();
            assertThat(project.pid("web")).isEqualTo(first);
            signal(first, "HUP");
            Eventually.until("it was signalled", () -> project.log("web").contains("stdout F:1 reloaded"));

            signal(first, "USR1");
            JsonNode second = project.awaitRun("web", 2);

            assertThat(second.get("last_exit").get("text").asText()).startsWith("exited 7 after");
            assertIsDaemon(project);
            project.run("stop", "web").ok();
            assertThat(project.log("web")).contains("stdout F:2 bye");
            assertThat(project.status("web").get("last_exit").get("cause").asText())
                    .isEqualTo("requested-stop");
            assertThat(OstlerProject.commandLinesWith(project.directory().toString()))
                    .noneMatch(line -> line.contains("./daemon"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_s30_aSupervisorThatDiesWhileTheDaemonIsAwaitedGoesOn(As as) {
        String waiting = "while [ ! -e go ]; do sleep 0.05; done; mkdir -p run; echo $$ > run/web.pid";
        try (OstlerProject project = project(as, "20s", "never", waiting)) {
            project.up();
            Eventually.until(
                    "the pid file is waited for",
                    () -> project.awaitUp().status("web").get("reason").asText().contains("is not there"));

            project.killSupervisor();
            project.file("go", "");

            project.await("web", "ready");
            assertIsDaemon(project);
            signal(project.pid("web"), "USR1");
            assertThat(project.await("web", "failed").get("reason").asText()).contains("exited 7 after");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void j4_withoutPidFileTheProcessThatIsLeftIsTheDaemon(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'sleep 1000 & exit 0']
                    type: forking
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(OstlerProject.commandLine(project.pid("web"))).isEqualTo("sleep 1000 ");
            project.run("down").ok();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s30_inAPidNamespaceItsOwnNumberCounts(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'setsid ./daemon < /dev/null & exit 0']
                    type: forking
                    pid_file: web.pid
                    sandbox: { namespaces: [pid] }
                    restart: never
                """;
        try (OstlerProject project =
                OstlerProject.create(as, yaml).file("daemon", DAEMON.formatted("echo $$ > web.pid"))) {
            project.run("up", "-d").ok();

            assertIsDaemon(project);
            assertThat(project.text("web.pid").strip()).isNotEqualTo(Long.toString(project.pid("web")));
            signal(project.pid("web"), "USR1");
            assertThat(project.await("web", "failed").get("reason").asText()).contains("exited 7 after");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            true                                  | is not there
            mkdir run; : > run/web.pid            | is empty
            mkdir run; echo x > run/web.pid       | does not begin with a process id
            mkdir run; echo 1 > run/web.pid       | process 1 does not belong to the service
            mkdir run; mkfifo run/web.pid         | is no regular file
            mkdir run; echo 4194304 > run/web.pid | has ended
            """)
    void s30_whatThePidFileDoesNotTellIsWaitedForSoLongAndNamed(String before, String why) {
        try (OstlerProject project = project(As.CURRENT, "1s", "never", before)) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            JsonNode status = project.await("web", "failed");
            assertThat(status.get("reason").asText())
                    .startsWith("no daemon within 1 s (")
                    .contains(why);
            assertThat(OstlerProject.commandLinesWith(project.directory().toString()))
                    .noneMatch(line -> line.contains("./daemon"));
        }
    }

    @Test
    void s30_aStalePidFileIsWaitedOver() {
        String yaml = FORKING.formatted("20s", "never");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)
                .file("daemon", DAEMON.formatted("while [ ! -e go ]; do sleep 0.05; done; echo $$ > run/web.pid"))
                .file("run/web.pid", "1\n")) {
            project.up();
            Eventually.until(
                    "it is told apart",
                    () -> project.awaitUp().status("web").get("reason").asText().contains("is from before this start"));

            project.file("go", "");

            project.await("web", "ready");
            assertIsDaemon(project);
        }
    }

    @Test
    void s30_aPidFileOfAnotherUserSaysNothing() {
        As.needRoot("a file of another user");
        String before = "mkdir -p run; echo $$ > run/new; chown 54322 run/new; mv run/new run/web.pid";
        try (OstlerProject project = project(As.CURRENT, "1s", "never", before)) {
            project.run("up", "-d");

            assertThat(project.await("web", "failed").get("reason").asText())
                    .contains("belongs to user 54322, not to that of the service");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s30_aDaemonThatEndsFirstOrAProgramThatFailsIsAFailureAtOnce(As as) {
        String yaml = """
                services:
                  gone:
                    command: [sh, -c, 'sleep 0 & exit 0']
                    type: forking
                    pid_file: gone.pid
                    restart: never
                  failing:
                    command: [sh, -c, 'sleep 1000 & exit 3']
                    type: forking
                    pid_file: failing.pid
                    restart: never
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            assertThat(project.run("up", "-d").exitCode()).isEqualTo(1);

            assertThat(project.await("gone", "failed").get("reason").asText())
                    .contains("its program has ended and no daemon is left");
            assertThat(project.await("failing", "failed").get("reason").asText())
                    .contains("exited 3 after");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s33_mainpidOfAProcessOfTheServiceIsFollowedAndAForeignOneIsNot(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'sleep 1000 & ./notify --barrier MAINPID=1; ./notify --barrier MAINPID=$$!; ./notify READY=1; echo $$! > web.pid; while [ ! -e go ]; do sleep 0.05; done']
                    ready: notify
                    restart: never
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            CProgram.build(project, "notify");
            project.run("up", "-d").ok();
            assertThat(project.logs())
                    .contains("notification refused: MAINPID=1: process 1 does not belong to the service");
            long first = project.pid("web");
            assertThat(Long.toString(first))
                    .isNotEqualTo(project.text("web.pid").strip());
            project.killSupervisor();

            project.file("go", ""); // its end is not that of the service
            Eventually.value(
                    "the other one is followed",
                    project::everything,
                    () -> Optional.of(project.pid("web")).filter(pid -> pid != first));

            assertThat(Long.toString(project.pid("web")))
                    .isEqualTo(project.text("web.pid").strip());
            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            signal(project.pid("web"), "KILL");
            assertThat(project.await("web", "failed").get("reason").asText()).contains("killed by SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s33_aStopReachesWhoTakesThePlaceOfTheMainProcessMeanwhile(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'sleep 1000 & ./notify --barrier MAINPID=$$!; ./notify READY=1; wait']
                    ready: notify
                    stop: [ { signal: TERM }, { wait: 10s } ]
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            CProgram.build(project, "notify");
            project.run("up", "-d").ok();

            project.run("stop", "web").ok();

            assertThat(project.status("web").get("last_exit").get("cause").asText())
                    .isEqualTo("requested-stop"); // not a stop timeout
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void s30_aProcessOnItsWayIntoTheBackgroundIsNotTakenForTheDaemonForGood(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'setsid sh -c "sleep 0.1; sleep 1000 & exit 0" & exit 0']
                    type: forking
                    restart: never
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            Eventually.until(
                    "the last one is followed",
                    () -> OstlerProject.commandLine(project.pid("web")).equals("sleep 1000 "));
            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            signal(project.pid("web"), "KILL");
            assertThat(project.await("web", "failed").get("reason").asText()).contains("killed by SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s30_s33_aProgramThatFailsIsAFailureWhomeverItHasNamed(As as) {
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'sleep 1000 & ./notify --barrier MAINPID=$$!; exit 3']
                    type: forking
                    notify_access: all
                    watchdog: 1h
                    restart: never
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            CProgram.build(project, "notify");

            assertThat(project.run("up", "-d").exitCode()).isEqualTo(1);

            assertThat(project.await("web", "failed").get("reason").asText()).contains("exited 3 after");
        }
    }
}

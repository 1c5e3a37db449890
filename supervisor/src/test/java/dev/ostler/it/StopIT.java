package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code stop} returns when nothing of the service is left, and not later; by a cgroup and by a guard. */
class StopIT {
    private static final int GROUP = 2;
    private static final int SESSION = 3;
    private static final Duration GRACE = Duration.ofSeconds(2);

    /** Longer than any command may take here. */
    private static final String LONG_GRACE = "600s";

    private static String service(String script, String more) {
        return """
                services:
                  it:
                    command: [./%s]
                """.formatted(script) + more.indent(4);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void endsAServiceThatIgnoresTermAndItsGrandchildInAnotherSession(As as) {
        String stubborn = """
                #!/bin/sh
                trap '' TERM
                setsid sh -c 'setsid sh -c "echo \\$\\$ > escaped; exec sleep 1000" & exit 0'
                exec sleep 1000
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("stubborn.sh", "stop_grace_period: " + GRACE.toSeconds() + "s"))) {
            project.file("stubborn.sh", stubborn).run("up", "-d").ok();
            long main = project.pid("it");
            long escaped = pidIn(project, "escaped");
            assertThat(project.status("it").get("stop_by").asText()).isEqualTo(means(as));
            assertThat(session(escaped)).isNotEqualTo(session(main));

            long begin = System.nanoTime();
            Result stop = project.run("stop", "it").ok();

            assertThat(elapsedSince(begin)).isBetween(GRACE, GRACE.plusSeconds(8));
            assertThat(stop.out())
                    .isEqualTo(
                            "it: stopped as requested by a person, but 2 processes needed SIGKILL (killed by SIGKILL)\n");
            assertThat(List.of(main, escaped)).noneMatch(OstlerProject::isAlive);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s8_leaderExitsOnTermAndMembersOfItsGroupDoNot(As as) {
        String leader = """
                #!/bin/sh
                (trap '' TERM; exec sleep 1000) &
                echo $! > first
                (trap '' TERM; exec sleep 1000) &
                echo $! > second
                trap 'exit 0' TERM
                while :; do wait; done
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("leader.sh", "stop_grace_period: " + GRACE.toSeconds() + "s"))) {
            project.file("leader.sh", leader).run("up", "-d").ok();
            List<Long> members = List.of(pidIn(project, "first"), pidIn(project, "second"));
            Eventually.until(
                    "both ignore TERM",
                    () -> members.stream()
                            .allMatch(pid -> OstlerProject.commandLine(pid).startsWith("sleep")));

            long begin = System.nanoTime();
            Result stop = project.run("stop", "it").ok();

            assertThat(elapsedSince(begin)).isGreaterThanOrEqualTo(GRACE);
            assertThat(stop.out())
                    .isEqualTo("it: stopped as requested by a person, but 2 processes needed SIGKILL (exited 0)\n");
            assertThat(members).noneMatch(OstlerProject::isAlive);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void returnsAtOnceWhenTheServiceEndsAtOnce(As as) {
        String willing = """
                #!/bin/sh
                sleep 1000 &
                echo $! > child
                exec sleep 1000
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("willing.sh", "stop_grace_period: " + LONG_GRACE))) {
            project.file("willing.sh", willing).run("up", "-d").ok();
            long main = project.pid("it");
            long child = pidIn(project, "child");

            Result stop = project.run("stop", "it").ok(); // the harness does not wait for the whole grace

            assertThat(stop.out()).isEqualTo("it: stopped as requested by a person (killed by SIGTERM)\n");
            assertThat(List.of(main, child)).noneMatch(OstlerProject::isAlive);
            assertThat(project.log("it")).anyMatch(line -> line.startsWith("ostler F:1 down: stopped as requested"));
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void whatAnExitedServiceLeavesBehindIsEndedBeforeItsRestart(As as) {
        String leaves = """
                #!/bin/sh
                if [ -e left ] && kill -0 $(cat left); then echo two > overlap; fi
                setsid sh -c 'trap "" TERM; echo $$ > left; exec sleep 1000' &
                [ -e again ] && exec sleep 1000
                until [ -s left ]; do sleep 0.01; done
                cp left again
                exit 1
                """;
        try (OstlerProject project = OstlerProject.create(as, service("leaves.sh", "stop_grace_period: 1s"))) {
            project.file("leaves.sh", leaves).up();
            project.awaitUp();

            project.awaitRun("it", 2);

            assertThat(project.text("overlap")).isEmpty();
            assertThat(OstlerProject.isAlive(pidIn(project, "again"))).isFalse();
            assertThat(project.log("it")).anyMatch(line -> line.startsWith("ostler F:1 backoff: exited 1 after "));
        }
    }

    /** A few processes that go on by forking and ending, each in a session of its own: no list of them is ever right. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s9_whatForksDuringTheStopDoesNotSurviveIt(As as) {
        String hop = """
                #!/bin/sh
                trap '' TERM
                setsid ./hop.sh hopper-in-$PWD > /dev/null 2>&1 &
                """;
        String main = """
                #!/bin/sh
                trap 'for i in 1 2 3; do ./hop.sh & done; echo yes > bombed' TERM
                echo yes > armed
                while :; do sleep 0.05; done
                """;
        try (OstlerProject project = OstlerProject.create(as, service("main.sh", "stop_grace_period: 500ms"))) {
            project.file("hop.sh", hop).file("main.sh", main).run("up", "-d").ok();
            Eventually.until("it is armed", () -> !project.text("armed").isEmpty());

            Result stop = project.run("stop", "it").ok();

            assertThat(project.text("bombed")).isEqualTo("yes\n");
            assertThat(OstlerProject.commandLinesWith("hopper-in-" + project.directory()))
                    .isEmpty();
            assertThat(stop.out()).contains("needed SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s9_aMemberThatLeavesItsProcessGroupIsEndedToo(As as) {
        String main = """
                #!/bin/sh
                timeout 1000 sleep 1001 & # makes a process group of its own
                echo $! > member
                exec sleep 1000
                """;
        try (OstlerProject project =
                OstlerProject.create(as, service("main.sh", "stop: [{ signal: TERM, to: group }, { wait: 300ms }]"))) {
            project.file("main.sh", main).run("up", "-d").ok();
            long member = pidIn(project, "member");

            Eventually.until("it has left the group", () -> field(member, GROUP).equals(Long.toString(member)));

            Result stop = project.run("stop", "it").ok();

            assertThat(OstlerProject.isAlive(member)).isFalse();
            assertThat(stop.out()).contains("but 2 processes needed SIGKILL");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aServiceThatCanBeAskedToEndIsAskedFirst(As as) throws IOException {
        String server = """
                import com.sun.net.httpserver.HttpServer;
                import java.net.InetSocketAddress;
                public class Main {
                    public static void main(String[] args) throws Exception {
                        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 0);
                        server.createContext("/stop", exchange -> {
                            System.out.println("asked by " + exchange.getRequestMethod());
                            exchange.sendResponseHeaders(202, -1);
                            exchange.close();
                            new Thread(() -> System.exit(0)).start();
                        });
                        server.start();
                    }
                }
                """;
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        String yaml = """
                services:
                  it:
                    command: ['${JAVA_HOME}/bin/java', Main.java, '%1$d']
                    ready: { tcp: %1$d }
                    stop: [ { http: "http://127.0.0.1:%1$d/stop" }, { wait: %2$s }, { signal: TERM }, { wait: 1s } ]
                """.formatted(port, LONG_GRACE);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("Main.java", server).run("up", "-d").ok();

            Result stop = project.run("stop", "it").ok();

            assertThat(stop.out()).isEqualTo("it: stopped as requested by a person (exited 0)\n");
            assertThat(project.log("it"))
                    .contains("stdout F:1 asked by POST")
                    .anyMatch(
                            line -> line.startsWith("ostler F:1 stop: http://127.0.0.1:" + port + "/stop: status 202"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theServiceIsToldToStopByACommandThatKnowsItsProcess(As as) {
        String yaml = """
                services:
                  it:
                    command: ./main.sh
                    ready: { file: up }
                    stop: [ { exec: [sh, -c, 'kill -USR1 $$OSTLER_MAIN_PID; exit 3'] }, { wait: %s } ]
                """.formatted(LONG_GRACE);
        String main = "#!/bin/sh\ntrap 'echo told; exit 0' USR1\n: > up\nwhile :; do sleep 0.05; done\n";
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("main.sh", main).run("up", "-d").ok();

            Result stop = project.run("stop", "it").ok();

            assertThat(stop.out()).isEqualTo("it: stopped as requested by a person (exited 0)\n");
            assertThat(project.log("it")).contains("stdout F:1 told", "ostler F:1 stop: exec sh: exited 3");
        }
    }

    /** Its command is not waited for. */
    @Test
    void aStopIsOverWhenTheServiceIs() {
        try (OstlerProject project = stoppedBy("kill $$OSTLER_MAIN_PID; sleep 1000")) {
            String command = "sleep 1000 in " + project.directory();
            project.run("up", "-d").ok();

            project.run("stop", "it").ok();
            project.run("down").ok();

            assertThat(OstlerProject.commandLinesWith(command)).isEmpty();
        }
    }

    @Test
    void s27_theNextSupervisorRunsTheStopCommandAgain() {
        try (OstlerProject project = stoppedBy("echo >> asked; [ -e go ] && kill $$OSTLER_MAIN_PID; sleep 1000")) {
            project.run("up", "-d").ok();
            Process stop = project.start(List.of(project.binary(), "stop", "it"), List.of(), "stop");
            Eventually.until("the command runs", () -> project.text("asked").length() == 1);

            project.file("go", "").killSupervisor();

            assertThat(stop.onExit()).succeedsWithin(Eventually.PATIENCE);
            JsonNode last = project.status("it").get("last_exit");
            assertThat(last.get("cause").asText()).isEqualTo("requested-stop");
            assertThat(last.get("signal").asText()).isEqualTo("SIGTERM");
            assertThat(project.text("asked")).hasSize(2);
            String command = "sleep 1000 in " + project.directory();
            Eventually.until(
                    "nothing of the commands is left",
                    () -> OstlerProject.commandLinesWith(command).isEmpty());
        }
    }

    /** @param script of its command, with the directory of the project among its arguments */
    private static OstlerProject stoppedBy(String script) {
        OstlerProject project = OstlerProject.create(As.CURRENT, "services: {}\n");
        return project.file("ostler.yaml", """
                services:
                  it:
                    command: [sleep, '1000']
                    stop: [ { exec: [sh, -c, '%s', 'sleep 1000 in %s'], timeout: %s } ]
                """.formatted(script, project.directory(), LONG_GRACE));
    }

    @Test
    void whatTheKernelDoesNotLetGoOfIsNamed() throws IOException {
        Path freezer = Path.of("/sys/fs/cgroup/freezer");
        assumeTrue(Files.isWritable(freezer), "needs the cgroup v1 controller freezer and the right to make cgroups");
        Path cold = Files.createTempDirectory(freezer, "ostler-it-");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, service("main.sh", "stop_grace_period: 100ms"))) {
            project.file("main.sh", "#!/bin/sh\nexec sleep 1000\n")
                    .run("up", "-d")
                    .ok();
            long pid = project.pid("it");
            Files.writeString(cold.resolve("cgroup.procs"), Long.toString(pid));
            Files.writeString(cold.resolve("freezer.state"), "FROZEN");

            Process stop = project.start(List.of(project.binary(), "stop", "it"), List.of(), "stop");
            String named = "not gone after SIGKILL: process " + pid + " (sleep, state D)";
            Eventually.until("it is named", () -> project.run("status").out().contains(named));
            assertThat(stop.isAlive()).isTrue();
            Files.writeString(cold.resolve("freezer.state"), "THAWED");

            assertThat(stop.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(project.log("it")).contains("ostler F:1 " + named);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        } finally {
            Files.writeString(cold.resolve("freezer.state"), "THAWED");
            Eventually.until(
                    "nothing is in it",
                    () -> Files.readString(cold.resolve("cgroup.procs")).isEmpty());
            Files.delete(cold);
        }
    }

    private static String means(As as) {
        return As.isRoot() && as == As.CURRENT ? "cgroup" : "guard";
    }

    private static long pidIn(OstlerProject project, String file) {
        Eventually.until("a pid in " + file, () -> !project.text(file).isBlank());
        return Long.parseLong(project.text(file).strip());
    }

    private static String session(long pid) {
        return field(pid, SESSION);
    }

    /** Counted from behind the name, proc_pid_stat(5). */
    private static String field(long pid, int index) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[index];
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Duration elapsedSince(long begin) {
        return Duration.ofNanos(System.nanoTime() - begin);
    }
}

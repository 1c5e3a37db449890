package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commands as probes: good ones, and those that hang, fork and print without end. */
class ExecProbeIT {
    private static final int ROUNDS = Boolean.getBoolean("ostler.long") ? 10_000 : 100;
    private static final AtomicLong MARKS =
            new AtomicLong(700_000 + ProcessHandle.current().pid() % 10_000 * 10);

    /** Seconds for sleep(1) that nobody else on this machine sleeps. */
    private final String mark = Long.toString(MARKS.incrementAndGet());

    private OstlerProject watched(As as, String script, String schedule, String more) {
        OstlerProject project = OstlerProject.create(as, """
                services:
                  app:
                    command: [sleep, '1000']
                    environment: { WORD: hello }
                    health: { exec: [./check.sh, '%s'], action: none, start_period: 0s, failures: 1, %s }
                %s
                """.formatted(mark, schedule, more.indent(4)));
        project.file("check.sh", "#!/bin/sh\n" + script).run("up", "-d").ok();
        return project;
    }

    private static void awaitHealth(OstlerProject project, String state) {
        Eventually.until(
                "app is " + state,
                () -> project.status("app").at("/health/state").asText().equals(state));
    }

    private static void awaitFailure(OstlerProject project, String text) {
        Eventually.until(
                "the probe says: " + text,
                () -> project.status("app")
                        .at("/health/last_failure/text")
                        .asText()
                        .equals(text));
    }

    private void assertNothingSleeps() {
        Eventually.until(
                "nothing of the probe is left",
                () -> OstlerProject.commandLinesWith("sleep " + mark).isEmpty());
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void theExitCodeIsTheAnswerAndTheLastLineTheReason(As as) {
        String script = "test -e sick || exit 0; echo more; echo \"$WORD from $(pwd)\" >&2; exit 3\n";
        try (OstlerProject project = watched(as, script, "interval: 20ms", "")) {
            awaitHealth(project, "healthy");

            project.file("sick", "");

            awaitHealth(project, "unhealthy");
            awaitFailure(project, "exec ./check.sh: exited 3: hello from " + project.directory());
            assertThat(project.status("app").get("run").asInt()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s23_aProbeThatHangsHasItsOwnDeadlineAndIsEnded(As as) {
        String script = "trap '' TERM; setsid sleep $1 & sleep $1\n";
        try (OstlerProject project = watched(as, script, "interval: 1h, attempt_timeout: 300ms", "")) {
            awaitFailure(project, "exec ./check.sh: still running after 300 ms");
            assertNothingSleeps();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s23_whatAProbeLeavesBehindIsEnded(As as) {
        String script = "setsid sh -c 'trap \"\" TERM; sleep '$1' & wait' & sleep $1 & exit 0\n";
        try (OstlerProject project = watched(as, script, "interval: 1h", "")) {
            awaitHealth(project, "healthy");
            assertNothingSleeps();
        }
    }

    @Test
    void s23_aProbeThatPrintsWithoutEndIsEnded() {
        try (OstlerProject project = watched(As.CURRENT, "exec yes $1\n", "interval: 1h, attempt_timeout: 30s", "")) {
            awaitFailure(project, "exec ./check.sh: wrote more than 1048576 bytes");
            Eventually.until(
                    "it is gone",
                    () -> OstlerProject.commandLinesWith("yes " + mark).isEmpty());
        }
    }

    /** A file gets a line at each. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s23_manyProbesLeaveNoDescriptorAndNoZombie(As as) throws IOException {
        try (OstlerProject project = watched(as, "echo x >> count; sleep 0.01 & exit 1\n", "interval: 1ms", "")) {
            long keeper = project.keeperPid();
            long supervisor = project.supervisorPid().orElseThrow();
            awaitRounds(project, 20);
            long keeperBefore = descriptors(keeper);
            long supervisorBefore = descriptors(supervisor);

            awaitRounds(project, 20 + ROUNDS);

            assertThat(descriptors(keeper)).isLessThan(keeperBefore + 12); // those of a run under way
            assertThat(descriptors(supervisor)).isLessThan(supervisorBefore + 12);
            assertThat(children(keeper)).hasSizeLessThan(5);
            assertThat(project.supervisorPid()).contains(supervisor);
        }
    }

    private static void awaitRounds(OstlerProject project, int count) {
        Eventually.until(count + " probes", () -> project.text("count").length() / 2 >= count);
    }

    private static long descriptors(long pid) throws IOException {
        if (!As.isRoot() && !Files.isReadable(Path.of("/proc/" + pid + "/fd"))) {
            return 0; // the keeper of a plain user is not dumpable
        }
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }

    /** Zombies too. */
    private static List<String> children(long pid) throws IOException {
        String line = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"));
        return Stream.of(line.split(" ")).filter(word -> !word.isBlank()).toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_whatADeadSupervisorHasAskedIsEndedAndItsSuccessorAsksAgain(As as) {
        String script = "test -e go && exit 0; echo x >> asked; sleep $1\n";
        try (OstlerProject project = watched(as, script, "interval: 20ms, attempt_timeout: 1h", "")) {
            Eventually.until("it is asked", () -> project.text("asked").length() == 2);

            project.killSupervisor();

            Eventually.until("it is asked again", () -> project.text("asked").length() == 4);
            Eventually.until(
                    "only the second one is left",
                    () -> OstlerProject.commandLinesWith("sleep " + mark).size() == 1);
            project.run("stop", "app").ok();
            assertNothingSleeps();
            project.file("go", "").run("start", "app").ok();
            awaitHealth(project, "healthy");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void isAskedWithinTheNamespacesOfTheService(As as) {
        String script =
                "test \"$(cat /proc/sys/kernel/hostname)\" = inside && test ! -e /proc/sys/net/ipv4/conf/eth0\n";
        try (OstlerProject project = watched(
                as,
                script,
                "interval: 20ms",
                "sandbox: { hostname: inside, network: loopback, mounts: [ { tmpfs: /mnt } ] }")) {
            awaitHealth(project, "healthy");
        }
    }

    @Test
    void downEndsTheProbeThatIsUnderWay() {
        try (OstlerProject project = watched(As.CURRENT, "sleep $1\n", "interval: 20ms, attempt_timeout: 1h", "")) {
            Eventually.until(
                    "it is asked",
                    () -> !OstlerProject.commandLinesWith("sleep " + mark).isEmpty());

            project.run("down").ok();

            assertThat(OstlerProject.commandLinesWith("sleep " + mark)).isEmpty();
        }
    }

    @Test
    void aProgramThatIsNotThereIsFoundByCheckAndSaidByTheProbe() {
        try (OstlerProject project = watched(As.CURRENT, "exit 0\n", "interval: 20ms", "")) {
            awaitHealth(project, "healthy");
            project.shell("rm check.sh").ok();

            awaitHealth(project, "unhealthy");
            JsonNode failure = project.status("app").at("/health/last_failure/text");
            assertThat(failure.asText())
                    .startsWith("exec ./check.sh: cannot start \"./check.sh\": execve")
                    .contains("ENOENT", "(services.app.health.exec)");
            Result check = project.run("check");
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err()).contains("check.sh", "(services.app.health.exec)");
        }
    }
}

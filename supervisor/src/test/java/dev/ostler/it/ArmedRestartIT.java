package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The keeper restarts by itself what is killed while it is up: once, and only if nothing else was asked for before. */
class ArmedRestartIT {
    private static final int KILLS = 2;
    private static final int RACES = Integer.getInteger("ostler.races", 25);

    /** A second copy of it would find the lock taken. */
    private static final String ONLY_ONE = """
            services:
              single:
                command: [sh, -c, 'exec 9> held; flock -n 9 || echo two > overlap; echo run >> runs; exec sleep 1000']
                restart: { stable_after: 1s }
            """;

    @BeforeEach
    void mayLookAtTheKeeper() {
        As.needRoot("to look at what the keeper holds");
    }

    /** Of what lies ready the keeper holds the plan, else of nothing. */
    private static long ready(OstlerProject project) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + project.keeperPid() + "/fd"))) {
            return descriptors.filter(ArmedRestartIT::isPlan).count();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isPlan(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().contains("ostler-plan");
        } catch (IOException ignored) { // closed meanwhile
            return false;
        }
    }

    private static int descriptors(OstlerProject project) {
        return Path.of("/proc/" + project.keeperPid() + "/fd").toFile().list().length;
    }

    private static void awaitReady(OstlerProject project, int services) {
        Eventually.until(services + " runs lie ready", () -> ready(project) == services);
    }

    private static OstlerProject up(As as, String yaml, int services) {
        OstlerProject project = OstlerProject.create(as, yaml);
        project.run("up", "-d").ok();
        awaitReady(project, services);
        return project;
    }

    /** Kills it when its run has lasted long enough to be followed at once. */
    private static void kill(OstlerProject project, String service) {
        awaitASecond(project, service);
        signal(project.pid(service), "KILL");
    }

    private static void awaitASecond(OstlerProject project, String service) {
        Eventually.until("a second has passed", () -> {
            Instant started =
                    Instant.parse(project.status(service).get("started").asText());
            return Instant.now().isAfter(started.plusSeconds(1));
        });
    }

    private static void signal(long pid, String signal) {
        try {
            assertThat(new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Those of other tests come and go meanwhile. */
    private static String cgroupsOf(OstlerProject project, String service) {
        return project.shell("find /sys/fs/cgroup -type d -name '" + service + "-*' 2> /dev/null; true")
                .ok()
                .out();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER", "WITHOUT_CGROUPS"})
    void whatIsKilledIsRestartedByTheKeeperOnceEachTime(As as) {
        try (OstlerProject project = up(as, ONLY_ONE.replace("single", "armed-once"), 1)) {
            int before = descriptors(project);

            for (int run = 2; run <= KILLS + 1; run++) {
                kill(project, "armed-once");

                JsonNode status = project.awaitRun("armed-once", run);
                assertThat(status.get("restarts").asInt()).isEqualTo(run - 1);
                assertThat(status.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
                awaitReady(project, 1);
            }

            Eventually.until("nothing is left of earlier runs", () -> descriptors(project) == before);
            assertThat(project.log("armed-once").stream().filter(line -> line.contains("by the keeper")))
                    .hasSize(KILLS);
            assertThat(project.text("runs")).isEqualTo("run\n".repeat(KILLS + 1));
            assertThat(project.text("overlap")).isEmpty();
            project.run("down").ok();
            assertThat(cgroupsOf(project, "armed-once")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_theKeeperDoesNotNeedASupervisorForIt(As as) {
        try (OstlerProject project = up(as, ONLY_ONE, 1)) {
            awaitASecond(project, "single");
            long pid = project.pid("single");
            long supervisor = project.supervisorPid().orElseThrow();
            signal(supervisor, "STOP");
            signal(pid, "KILL");
            Eventually.until(
                    "the second run has begun", () -> project.text("runs").equals("run\nrun\n"));
            // It has not read a word of it, and never will.
            project.killSupervisor();

            JsonNode status = project.awaitRun("single", 2);
            assertThat(status.get("restarts").asInt()).isEqualTo(1);
            assertThat(status.get("pid").asLong()).isNotEqualTo(pid);
            assertThat(status.get("last_exit").get("text").asText()).startsWith("killed by SIGKILL");
            awaitReady(project, 1);
            assertThat(project.text("runs")).isEqualTo("run\nrun\n");
            assertThat(project.text("overlap")).isEmpty();
        }
    }

    /** Of what a supervisor had left with the keeper, its successor knows nothing. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s27_theNextSupervisorLeavesItThereAnew(As as) {
        try (OstlerProject project = up(as, ONLY_ONE.replace("single", "armed-anew"), 1)) {
            int before = descriptors(project);
            project.killSupervisor();
            project.awaitUp();
            awaitReady(project, 1);
            Eventually.until("nothing is left over", () -> descriptors(project) == before);

            kill(project, "armed-anew");

            project.awaitRun("armed-anew", 2);
            assertThat(project.text("overlap")).isEmpty();
            project.run("down").ok();
            assertThat(cgroupsOf(project, "armed-anew")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s10_aStopThatRacesAKillLeavesNothingRunning(As as) throws Exception {
        String mark = "123" + as.ordinal() + "4567";
        String yaml = IntStream.range(0, RACES)
                .mapToObj(i -> "  s" + i + ": { command: [sleep, \"" + mark + "\"] }\n")
                .collect(Collectors.joining("", "services:\n", ""));
        try (OstlerProject project = up(as, yaml, RACES)) {
            awaitASecond(project, "s" + (RACES - 1));
            JsonNode before = project.statuses();
            for (int i = 0; i < RACES; i++) {
                String service = before.get(i).get("name").asText();
                long pid = before.get(i).get("pid").asLong();
                Process stop = project.start(List.of(project.binary()), List.of("stop", service), "stop");
                LockSupport.parkNanos(200_000L * (i % 20)); // a stop takes about as long to arrive
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);

                assertThat(stop.waitFor()).isZero();
                JsonNode status = project.status(service);
                assertThat(status.get("state").asText()).isEqualTo("down");
                assertThat(OstlerProject.commandLinesWith(mark)).hasSize(RACES - 1 - i);
            }
            assertThat(ready(project)).isZero();
        }
        assertThat(OstlerProject.commandLinesWith(mark)).isEmpty();
    }

    @Test
    void whatIsAskedForMeanwhileIsLeftToTheSupervisor() {
        try (OstlerProject project = up(As.CURRENT, ONLY_ONE, 1)) {
            project.file("ostler.yaml", ONLY_ONE.replace("echo run", "echo new"));
            project.run("apply").ok();
            assertThat(project.text("runs")).isEqualTo("run\nnew\n");
            awaitReady(project, 1);

            kill(project, "single");
            project.awaitRun("single", 3);
            Eventually.until(
                    "the third run has begun", () -> project.text("runs").equals("run\nnew\nnew\n"));

            project.run("restart", "single").ok();
            assertThat(project.status("single").get("run").asInt()).isEqualTo(4);
            project.run("stop", "single").ok();
            assertThat(ready(project)).isZero();
            assertThat(project.text("overlap")).isEmpty();
        }
    }

    /** The second failure in a row has the usual delay. */
    @Test
    void aCrashLoopIsNotTheKeepers() {
        String yaml = """
                services:
                  crashing: { command: [sh, -c, 'sleep 1.1; exit 1'] }
                  idle: { command: [sleep, "1000"] }
                """;
        try (OstlerProject project = up(As.CURRENT, yaml, 2)) {
            JsonNode status = Eventually.value(
                    "the third run",
                    () -> Optional.of(project.status("crashing"))
                            .filter(now -> now.get("run").asInt() == 3));

            assertThat(status.get("restarts").asInt()).isEqualTo(2);
            assertThat(project.log("crashing").stream().filter(line -> line.contains("by the keeper")))
                    .hasSize(1);
        }
    }
}

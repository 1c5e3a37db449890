package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code status} says about ends that look the same to wait(2). */
class ExitCauseIT {
    /** Fills 200 MiB at once. */
    private static final String EAT = "dd if=/dev/zero of=/dev/null bs=200M count=1";

    private static void assumeLimits(String controller) {
        assumeTrue(
                Files.isWritable(Path.of("/sys/fs/cgroup/" + controller)),
                "needs the cgroup v1 controller " + controller + " and the right to make cgroups");
    }

    private static JsonNode lastExit(OstlerProject project, String state) {
        return project.await("it", state).get("last_exit");
    }

    @Test
    void s20_s21_j6_aMainProcessThatTheKernelKillsForItsLimit() {
        assumeLimits("memory");
        String yaml = """
                services:
                  it:
                    command: [dd, if=/dev/zero, of=/dev/null, bs=200M, count=1]
                    mem_limit: 32m
                    restart: { policy: always, backoff: { initial: 10ms, max: 10ms }, limit: { count: 1 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            JsonNode exit = lastExit(project, "failed");

            assertThat(exit.get("cause").asText()).isEqualTo("oom");
            assertThat(exit.get("text").asText())
                    .matches("killed by the kernel for its memory limit \\(\\d+(\\.\\d)? MiB of 32 MiB\\) after .*"
                            + " \\(killed by SIGKILL\\)");
            assertThat(project.status("it").get("oom_kills").asInt())
                    .as("both runs")
                    .isEqualTo(2);
        }
    }

    @Test
    void s20_aKillThatIsNotTheKernelsIsASignal() {
        assumeLimits("memory");
        String yaml = """
                services:
                  it: { command: [sleep, '1000'], mem_limit: 32m, restart: never }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            ProcessHandle.of(project.pid("it")).orElseThrow().destroyForcibly();

            assertThat(lastExit(project, "failed").get("cause").asText()).isEqualTo("signal");
            assertThat(project.status("it").get("oom_kills").asInt()).isZero();
        }
    }

    @Test
    void s21_aChildIsCountedWhileTheMainProcessLivesAlsoOverTheDeathOfTheSupervisor() {
        assumeLimits("memory");
        String yaml = """
                services:
                  it:
                    command: [sh, -c, '%s; touch one; while [ ! -e go ]; do sleep 0.05; done; %s; exec sleep 1000']
                    mem_limit: 32m
                """.formatted(EAT, EAT);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            awaitKills(project, 1);

            ProcessHandle.of(project.supervisorPid().orElseThrow()).ifPresent(ProcessHandle::destroyForcibly);
            awaitKills(project, 1);
            project.file("go", "");
            awaitKills(project, 2);

            JsonNode status = project.status("it");
            assertThat(status.get("state").asText()).isEqualTo("ready");
            assertThat(status.get("run").asInt()).isEqualTo(1);
            assertThat(project.log("it"))
                    .anyMatch(
                            line -> line.matches(
                                    "ostler F:1 the kernel killed processes for the memory limit, 1 so far \\(.* of 32 MiB\\)"));
        }
    }

    @Test
    void s21_policyStopEndsTheServiceWithItsChild() {
        assumeLimits("memory");
        String yaml = """
                services:
                  it:
                    command: [sh, -c, '%s; exec sleep 1000']
                    mem_limit: 32m
                    oom_policy: stop
                    restart: never
                """.formatted(EAT);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            assertThat(lastExit(project, "failed").get("text").asText())
                    .startsWith("stopped, as a process of it was killed by the kernel for its memory limit (");
        }
    }

    private static void awaitKills(OstlerProject project, int count) {
        Eventually.until(
                count + " kills", () -> project.status("it").get("oom_kills").asInt() == count);
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void j5_anOutOfMemoryErrorInAThreadEndsTheJvmAndIsNamed(Jdk jdk) {
        String program = """
                public class Main {
                    public static void main(String[] args) throws Exception {
                        new Thread(() -> { byte[] b = new byte[Integer.MAX_VALUE - 8]; }).start();
                        Thread.sleep(100_000);
                    }
                }
                """;
        try (OstlerProject project = java(jdk, program, "")) {
            JsonNode exit = lastExit(project, "failed");

            assertThat(exit.get("cause").asText()).isEqualTo("jvm-oom");
            assertThat(exit.get("text").asText())
                    .matches("java.lang.OutOfMemoryError: Java heap space, after .* \\(exited 3\\)");
        }
    }

    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void j10_s20_aCrashOfTheJvmIsToldByItsHeaderAndItsReport(Jdk jdk) {
        String program = """
                public class Main {
                    public static void main(String[] args) throws Exception {
                        var field = Class.forName("sun.misc.Unsafe").getDeclaredField("theUnsafe");
                        field.setAccessible(true);
                        ((sun.misc.Unsafe) field.get(null)).putAddress(0, 0);
                    }
                }
                """;
        try (OstlerProject project = java(jdk, program, "")) {
            JsonNode exit = lastExit(project, "failed");

            assertThat(exit.get("cause").asText()).isEqualTo("jvm-crash");
            assertThat(exit.get("text").asText())
                    .containsPattern("JVM crashed after .*: SIGSEGV \\(0xb\\) at pc=.*, in V  \\[libjvm.so")
                    .contains(", report in " + project.directory() + "/hs_err_pid")
                    .contains("killed by SIGABRT");
        }
    }

    @Test
    void j13_threadsThatThePidsLimitRefusesAreNamed() {
        assumeLimits("pids");
        String program = """
                public class Main {
                    public static void main(String[] args) {
                        for (int i = 0; i < 200; i++) {
                            Thread thread = new Thread(() -> {
                                try { Thread.sleep(100_000); } catch (InterruptedException e) { }
                            });
                            thread.setDaemon(true);
                            thread.start();
                        }
                    }
                }
                """;
        try (OstlerProject project = java(Jdk.current(), program, "pids_limit: 60")) {
            JsonNode exit = lastExit(project, "failed");

            assertThat(exit.get("cause").asText()).isEqualTo("pids-limit");
            assertThat(exit.get("text").asText())
                    .matches("ended after .*, as pids_limit refused it \\d+ process(es)? or threads? \\(exited 1\\)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s20_whatTheYamlCallsASuccessIsOne(As as) {
        String yaml = """
                services:
                  it: { command: [sh, -c, 'exit 75'], restart: { success_exit_status: [75] } }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(lastExit(project, "finished").get("cause").asText()).isEqualTo("success");
        }
    }

    private static OstlerProject java(Jdk jdk, String program, String more) {
        String yaml = """
                services:
                  it:
                    extends: jvm-service
                    command: ['${JAVA_HOME}/bin/java', -Xmx64m, Main.java]
                    restart: never
                    %s
                """.formatted(more);
        OstlerProject project = OstlerProject.create(As.CURRENT, jdk, yaml).file("Main.java", program);
        project.run("up", "-d");
        return project;
    }
}

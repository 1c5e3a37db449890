package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that end again and again: what that costs, and when it ends. */
class CrashLoopIT {
    private static final boolean LONG = Boolean.getBoolean("ostler.long");
    private static final int SERVICES = 20;
    private static final int RESTARTS = LONG ? 100_000 : 400;
    private static final Duration MEASURED = LONG ? Duration.ofMinutes(2) : Duration.ofSeconds(3);

    private static final int WINDOWS = 5;

    /** Code that is compiled and tables that grow to their size meanwhile; one leaked object a restart is more. */
    private static final long GROWTH_KIB = 16 * 1024;

    private static final long LOOK_NANOS = 300_000_000;

    private static final int TICKS_A_SECOND = 100;

    @Test
    void s13_twentyCrashLoopsTakeLessThanTwoPercentOfACpu() {
        StringBuilder yaml = new StringBuilder("restart_budget: { count: 40, within: 40s }\nservices:\n");
        for (int i = 0; i < SERVICES; i++) {
            yaml.append("  s").append(i).append(": { command: ['false'], restart: always }\n");
        }
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.toString())) {
            project.up();
            project.awaitUp();
            Eventually.until(
                    "the budget holds them back",
                    () -> StreamSupport.stream(project.statuses().spliterator(), false)
                            .allMatch(status ->
                                    status.get("reason").asText().endsWith("budget of all services is used up")));
            long supervisor = project.supervisorPid().orElseThrow();

            double least = 1;
            for (int i = 0; i < WINDOWS && least >= 0.02; i++) { // code is still being compiled in the first ones
                least = Math.min(least, shareOfACpu(supervisor));
            }

            System.out.printf("s13: %d crash loops, share of a CPU: %.4f%n", SERVICES, least);
            assertThat(least).isLessThan(0.02);
        }
    }

    @Test
    void s13_memoryDoesNotGrowWithRestarts() {
        String yaml = """
                services:
                  loop:
                    command: ['false']
                    restart: { policy: always, backoff: { initial: 1ms, max: 1ms } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.up();
            project.awaitUp();
            awaitRestarts(project, RESTARTS / 2);
            long before = residentKib(project);

            awaitRestarts(project, RESTARTS);

            long after = residentKib(project);
            System.out.printf("s13: resident KiB at %d restarts %d, at %d %d%n", RESTARTS / 2, before, RESTARTS, after);
            assertThat(after).isLessThan(before + GROWTH_KIB);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s14_aDependencyThatIsGivenUpTakesItsDependentAlongAndBackAfterItsCoolDown(As as) throws Exception {
        int port = FreePort.next();
        String yaml = """
                services:
                  db:
                    command: [sh, -c, '[ -e go ] && exec sleep 1000; exit 1']
                    ready: { tcp: %d }
                    restart: { backoff: { initial: 10ms, max: 10ms }, limit: { count: 2, within: 1m, retry_after: 4s } }
                  web:
                    command: [sleep, '1000']
                    depends_on: { db: { condition: ready } }
                """.formatted(port);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.up();
            project.awaitUp();

            JsonNode web = project.await("web", "dependency-failed");
            JsonNode db = project.await("db", "failed");

            assertThat(db.get("reason").asText())
                    .startsWith("gave up after 2 restarts in 60 s; last: exited 1 after ")
                    .contains("; next try at ");
            assertThat(db.get("gave_up").asBoolean()).isTrue();
            assertThat(db.get("next_try").asText()).isNotEmpty();
            assertThat(web.get("run").asInt()).isZero();
            assertThat(project.supervisorSaid())
                    .contains("to=backoff failure=once")
                    .contains("to=failed failure=gave-up");

            ProcessHandle.of(project.supervisorPid().orElseThrow()).ifPresent(ProcessHandle::destroyForcibly);
            project.file("go", "");
            try (ServerSocket answering = new ServerSocket(port)) {
                assertThat(answering.isBound()).isTrue();
                assertThat(project.await("db", "ready").get("restarts").asInt()).isGreaterThanOrEqualTo(3);
                project.await("web", "ready");
            }
        }
    }

    private static double shareOfACpu(long supervisor) {
        long before = ticks(supervisor);
        long begin = System.nanoTime();
        LockSupport.parkNanos(MEASURED.toNanos());
        double seconds = (System.nanoTime() - begin) / 1e9;
        return (ticks(supervisor) - before) / (double) TICKS_A_SECOND / seconds;
    }

    private static void awaitRestarts(OstlerProject project, int count) {
        int last = -1;
        while (last < count) {
            int at = last;
            LockSupport.parkNanos(LOOK_NANOS); // a look costs more than a restart
            last = Eventually.value("more restarts than " + at, () -> {
                int now = project.status("loop").get("restarts").asInt();
                return now > at ? Optional.of(now) : Optional.empty();
            });
        }
    }

    /** Of the supervisor, all its threads. */
    private static long ticks(long pid) {
        String[] fields = stat(pid);
        return Long.parseLong(fields[11]) + Long.parseLong(fields[12]); // utime, stime: proc_pid_stat(5)
    }

    private static String[] stat(long pid) {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    }

    /** Of supervisor and keeper. */
    private static long residentKib(OstlerProject project) {
        long supervisor = project.supervisorPid().orElseThrow();
        return residentKib(supervisor) + residentKib(Long.parseLong(stat(supervisor)[1]));
    }

    private static long residentKib(long pid) {
        return read(Path.of("/proc/" + pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

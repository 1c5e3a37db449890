package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ostler as PID 1 of a container: {@code init} around one program, {@code up} around a project, a plan without a JVM. */
class PidNamespaceIT {
    private static final int ORPHANS = Boolean.getBoolean("ostler.long") ? 10_000 : 1_000;

    /**
     * Looks for its own name in /proc until it is the only one, for a second at least, and says how many zombies of the name
     * there are then; then waits for its end.
     */
    private static final String LEAVES_ORPHANS = """
            #!/bin/sh
            trap 'echo told > told; exit 7' TERM
            echo $PPID > parent
            i=0
            while [ $i -lt %d ]; do ( ( : ) & ); i=$((i+1)); done
            others() { cat /proc/[0-9]*/stat 2>/dev/null > stats; [ "$(grep -c '(orphans)' stats)" -gt 1 ]; }
            tries=20
            while [ $tries -gt 0 ] && others; do
                sleep 0.05
                tries=$((tries-1))
            done
            grep -c '(orphans) Z' stats > counted
            mv counted zombies
            while :; do sleep 0.05; done
            """.formatted(ORPHANS);

    private static final String DB_AND_WEB = """
            services:
              web:
                command: [sh, -c, 'trap "echo web >> ended; exit 0" TERM; while :; do sleep 0.05; done']
                depends_on: [db]
              db:
                command: [sh, -c, 'trap "echo db >> ended; exit 0" TERM; ./orphans & while :; do sleep 0.05; done']
            """;

    private static final String APP = """
            services:
              app:
                command: [sh, -c, 'echo pid $$$$ umask $$(umask) $$GREETING "$$@"; exec sh -c "$$THEN"', app]
                environment: { GREETING: hello, THEN: "%s" }
                umask: "0027"
            """;

    @ParameterizedTest
    @EnumSource
    void initLeavesNoZombieOfAThousandOrphansAndHandsSignalsAndCodesThrough(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project("services: {}\n").file("orphans", LEAVES_ORPHANS)) {
            Process init = namespace.start(project, "init", "init", "--", "./orphans");
            Eventually.until(
                    "zombies were counted", () -> !project.text("zombies").isEmpty());
            assertThat(project.text("zombies")).isEqualTo("0\n");
            assertThat(project.text("parent")).isEqualTo("1\n");

            PidNamespace.pid1(init).destroy(); // SIGTERM

            assertThat(init.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(init.exitValue()).isEqualTo(7);
            assertThat(project.text("told")).isEqualTo("told\n");
            assertThat(project.text("init.err")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void initHasTheSignalFromInsideForwardedToo(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project("services: {}\n")) {
            String child = "trap 'exit 9' TERM; kill -TERM 1; while :; do sleep 0.05; done";

            Result result = namespace.run(project, "init", "--", "sh", "-c", child);

            assertThat(result).isEqualTo(new Result(9, "", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void initTellsADeathByASignalAs128AndItsNumber(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project("services: {}\n")) {
            for (int signal : new int[] {1, 2, 3, 9, 15, 34, 64}) {
                String child = "ulimit -c 0; kill -" + signal + " $$";

                Result result = namespace.run(project, "init", "--", "sh", "-c", child);

                assertThat(result).isEqualTo(new Result(128 + signal, "", ""));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void upStopsServicesInReverseOrderAndLeavesNothing(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project(DB_AND_WEB).file("orphans", LEAVES_ORPHANS)) {
            Process up = namespace.start(project, "up", "up");
            ready(project);
            List<ProcessHandle> all = up.descendants().toList();

            PidNamespace.pid1(up).destroy(); // SIGTERM

            assertThat(up.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(up.exitValue()).isZero();
            assertThat(project.text("ended")).isEqualTo("web\ndb\n");
            assertThat(project.text("up.out")).containsSubsequence("web * down: stopped", "db  * stopping: stop");
            assertThat(project.logFile("db")).last().asString().contains("stopped as requested by shutdown (exited 0)");
            assertThat(all).hasSizeGreaterThan(3).noneMatch(ProcessHandle::isAlive);
            assertThat(project.run("status").err())
                    .isEqualTo("no supervisor is running for \"" + project.directory() + "\"\n");
        }
    }

    @ParameterizedTest
    @EnumSource
    void orphansOfServicesAreReapedWhileUpIsPid1(PidNamespace namespace) {
        try (OstlerProject project = namespace.project(DB_AND_WEB).file("orphans", LEAVES_ORPHANS)) {
            namespace.start(project, "up", "up");
            ready(project);

            Eventually.until(
                    "zombies were counted", () -> !project.text("zombies").isEmpty());

            assertThat(project.text("zombies")).isEqualTo("0\n");
            project.run("down").ok();
        }
    }

    @ParameterizedTest
    @EnumSource
    void theDeathOfTheSupervisorIsNotTheDeathOfPid1(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project(DB_AND_WEB).file("orphans", LEAVES_ORPHANS)) {
            Process up = namespace.start(project, "up", "up");
            ready(project);
            ProcessHandle supervisor = PidNamespace.supervisor(up);
            List<String> before = identities(project);

            supervisor.destroyForcibly();
            Eventually.until(
                    "another supervisor is there",
                    () -> PidNamespace.supervisorNow(up)
                            .filter(now -> now.pid() != supervisor.pid())
                            .isPresent());

            assertThat(identities(project)).isEqualTo(before);
            assertThat(project.text("up.err")).contains("killed by SIGKILL");
            PidNamespace.pid1(up).destroy(); // SIGTERM
            assertThat(up.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(up.exitValue()).isZero();
            assertThat(project.text("ended")).isEqualTo("web\ndb\n");
        }
    }

    private static void ready(OstlerProject project) {
        project.awaitUp().await("db", "ready");
        project.await("web", "ready");
    }

    private static List<String> identities(OstlerProject project) {
        return List.of("db", "web").stream()
                .map(project::status)
                .map(PidNamespaceIT::identity)
                .toList();
    }

    private static String identity(JsonNode status) {
        return status.get("name") + " " + status.get("pid") + " " + status.get("started") + " " + status.get("run");
    }

    @ParameterizedTest
    @EnumSource
    void aPlanRunsWithoutAJvmUnderInitAndAsPid1Itself(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project(APP.formatted("exit 5"))) {
            project.run("plan", "-o", "app.plan").ok();
            project.file("jdk/release", "JAVA_VERSION=\"17\"\n").file("jdk/bin/java", "#!/bin/sh\nexit 99\n");
            project.env("JAVA_HOME", project.directory().resolve("jdk").toString());
            assertThat(project.run("check").exitCode())
                    .as("no JVM can be started")
                    .isEqualTo(99);

            Result init = namespace.run(project, "init", "app.plan");
            assertThat(init).isEqualTo(new Result(5, "pid 2 umask 0027 hello\n", ""));

            Result exec = namespace.run(project, "exec", "app.plan", "--", "a", "b c");
            assertThat(exec).isEqualTo(new Result(5, init.out() + "pid 1 umask 0027 hello a b c\n", ""));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPlanUnderInitGetsTheSignal(PidNamespace namespace) throws Exception {
        try (OstlerProject project = namespace.project(APP.formatted("exec sleep 1000"))) {
            project.run("plan", "-o", "app.plan").ok();
            Process init = namespace.start(project, "init", "init", "app.plan");
            Eventually.until("it runs", () -> project.text("init.out").equals("pid 2 umask 0027 hello\n"));

            PidNamespace.pid1(init).destroy(); // SIGTERM

            assertThat(init.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(init.exitValue()).isEqualTo(128 + 15);
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How processor, disk and memory are shared, and which keys are seen: asked from inside, and by {@code audit}. */
class ResourcesIT {
    private static final boolean X86 = System.getProperty("os.arch").equals("amd64");

    private static final String ORDINARY = """
            services:
              app:
                command:
                  - sh
                  - -c
                  - |
                    cut -d' ' -f19,40,41 /proc/$$$$/stat
                    ionice
                    cat /proc/self/timerslack_ns /proc/self/coredump_filter
                    grep THP_enabled /proc/self/status
                    exec sleep 1000
                scheduling: { policy: batch, reset_on_fork: true }
                nice: 3
                io_priority: { class: best-effort, level: 7 }
                timer_slack: 10ms
                transparent_hugepages: false
                coredump_filter: [private-anonymous, elf-headers, private-huge]
                keyring: private
            """;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void whatNeedsNoRightIsSeenFromInsideAndByTheAudit(As as) {
        try (OstlerProject project = OstlerProject.create(as, ORDINARY)) {
            project.run("up", "-d").ok();

            assertThat(lines(project, 5))
                    .containsExactly("3 0 3", "best-effort: prio 7", "10000000", "00000031", "THP_enabled:\t0");
            String audit = project.run("audit", "app").ok().out();
            assertThat(audit)
                    .containsPattern("(?m)^  scheduling +batch reset_on_fork +batch reset_on_fork +ostler.yaml:12:")
                    .containsPattern("(?m)^  io_priority +best-effort 7 +best-effort 7 +ostler.yaml:14:")
                    .containsPattern("(?m)^(  timer_slack +10000000ns +10000000ns|\\? timer_slack +10000000ns +unknown:"
                            + " needs CAP_SYS_NICE: .*timerslack_ns\": EPERM .*) +ostler.yaml:15:")
                    .containsPattern("(?m)^  transparent_hugepages +disabled +disabled +ostler.yaml:16:")
                    .containsPattern("(?m)^  coredump_filter +0x31 +0x31 +ostler.yaml:17:")
                    .containsPattern("(?m)^\\? keyring +private +not readable from outside +ostler.yaml:18:");
        }
    }

    @Test
    void theAuditFindsWhatWasChangedFromOutside() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, ORDINARY)) {
            project.run("up", "-d").ok();
            lines(project, 5);
            long pid = project.pid("app");

            project.shell("chrt --reset-on-fork --idle -p 0 " + pid + " && ionice -c3 -p " + pid)
                    .ok();

            Result audit = project.run("audit", "app");
            assertThat(audit.exitCode()).isEqualTo(1);
            assertThat(audit.out())
                    .containsPattern("(?m)^! scheduling +batch reset_on_fork +idle")
                    .containsPattern("(?m)^! io_priority +best-effort 7 +idle");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void p33_aMemoryPolicyIsSeenInNumaMaps(As as) {
        assumeTrue(Files.exists(Path.of("/proc/self/numa_maps")), "skipped: this kernel has no NUMA");
        String yaml = """
                services:
                  app:
                    command: [sh, -c, "cut -d' ' -f2 /proc/self/numa_maps | sort -u; exec sleep 1000"]
                    numa: { policy: interleave, nodes: 0 }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(lines(project, 1)).containsExactly("interleave:0");
            assertThat(project.run("audit", "app").ok().out())
                    .containsPattern("(?m)^  numa +interleave 0 +interleave:0 +ostler.yaml:4:");
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void p33_cpusAndNodesThatAreNotThereAreRefusedWithTheirLine(As as) {
        String yaml = """
                services:
                  cpus: { command: [sleep, '1000'], cpu_affinity: "0,8000" }
                  nodes: { command: [sleep, '1000'], numa: { policy: bind, nodes: "0,1000" } }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Result check = project.run("check");

            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err())
                    .contains("ostler.yaml:2:51 (services.cpus.cpu_affinity): CPU 8000 does not exist")
                    .containsPattern("ostler.yaml:3:44 \\(services.nodes.numa\\): .*(NUMA node 1000 is not|no NUMA)");
        }
    }

    private static final String FIFO = """
            services:
              app:
                command: [sh, -c, "cut -d' ' -f40,41 /proc/$$$$/stat; cut -d' ' -f40,41 /proc/self/stat; sleep 1000"]
                scheduling: { policy: fifo, priority: 10, reset_on_fork: true, if_unsupported: fail }
            """;

    @Test
    void p33_realTimeIsRefusedToAPlainUserBeforeAnythingRuns() {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, FIFO)) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isNotZero();
            assertThat(up.err())
                    .contains("ostler.yaml:4:17 (services.app.scheduling): cannot set scheduling of \"app\" to fifo 10:"
                            + " needs CAP_SYS_NICE");
        }
    }

    @Test
    void p33_orLeftOutWithAWarning() {
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, FIFO.replace("fail }", "warn }"))) {
            Result up = project.run("up", "-d").ok();

            assertThat(up.err()).contains("warning: ostler.yaml:4:17 (services.app.scheduling): cannot set scheduling");
            assertThat(project.run("status").ok().out()).contains("degraded: ostler.yaml:4:17");
            assertThat(lines(project, 2)).containsExactly("0 0", "0 0");
        }
    }

    @Test
    void rootGivesRealTimeToTheServiceAndNotToItsChildren() {
        As.needRoot("CAP_SYS_NICE");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, FIFO)) {
            project.run("up", "-d").ok();

            assertThat(lines(project, 2)).containsExactly("10 1", "0 0");
            assertThat(project.run("audit", "app").ok().out())
                    .containsPattern(
                            "(?m)^  scheduling +fifo priority=10 reset_on_fork +fifo priority=10 reset_on_fork");
        }
    }

    @Test
    void theInitOfAPidNamespaceDoesNotKeepThePolicyForItself() {
        As.needRoot("CAP_SYS_NICE, CAP_SYS_ADMIN");
        String yaml = """
                services:
                  app:
                    command: [sh, -c, "cut -d' ' -f40,41 /proc/self/stat; exec cut -d' ' -f40,41 /proc/self/stat"]
                    restart: "no"
                    scheduling: { policy: rr, priority: 7, reset_on_fork: true }
                    sandbox: { namespaces: [pid], mounts: [ { proc: /proc } ] }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            assertThat(lines(project, 2)).containsExactly("0 0", "7 2");
        }
    }

    @Test
    void aDeadlineOfRoot() {
        As.needRoot("CAP_SYS_NICE");
        String yaml = """
                services:
                  app:
                    command: [sleep, '1000']
                    scheduling: { policy: deadline, runtime: 2ms, deadline: 50ms, period: 100ms }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();

            assertThat(project.run("audit", "app").ok().out())
                    .containsPattern("(?m)^  scheduling +deadline runtime=2000000ns deadline=50000000ns"
                            + " period=100000000ns +deadline runtime=2000000ns");
        }
    }

    @Test
    void aPlainUserMayUseItsHardLimitOfPriorities() throws Exception {
        As.needRoot("CAP_SYS_RESOURCE");
        String yaml =
                FIFO.replace("/proc/self/stat;", "/proc/self/stat; ulimit -r;").replace("sh,", "bash,");
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            boolean raised = new ProcessBuilder("prlimit", "--rtprio=0:20", "true")
                            .start()
                            .waitFor()
                    == 0;
            assumeTrue(raised, "skipped: needs CAP_SYS_RESOURCE, to raise the limit rtprio");
            String uid = Integer.toString(As.PLAIN_UID);
            project.startAs(
                    As.CURRENT,
                    List.of(
                            "prlimit",
                            "--rtprio=0:20",
                            "setpriv",
                            "--reuid=" + uid,
                            "--regid=" + uid,
                            "--clear-groups",
                            "--inh-caps=-all",
                            project.binary(),
                            "up"),
                    "up");
            project.awaitUp().await("app", "ready");

            assertThat(lines(project, 3)).containsExactly("10 1", "0 0", "0");
        }
    }

    private static final String MDWE = """
            defaults: { restart: "no" }
            services:
              app:
                command: %s
                memory_deny_write_execute: %s
            """;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void p27_memoryIsNeverWritableAndExecutable(As as) {
        needMdwe();
        String perl = "[perl, -e, 'print syscall(%d, 0, 4096, 7, 0x22, -1, 0) == -1 ? $$! : mapped, \"\\n\"']"
                .formatted(X86 ? 9 : 222);
        for (boolean denied : new boolean[] {true, false}) {
            try (OstlerProject project = OstlerProject.create(as, MDWE.formatted(perl, denied))) {
                project.run("up", "-d");

                assertThat(lines(project, 1)).containsExactly(denied ? "Permission denied" : "mapped");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void j15_aJvmUnderMemoryDenyWriteExecuteIsRefusedAndWithForceDoesNotStart(As as) {
        needMdwe();
        String java = "['${JAVA_HOME}/bin/java', -version]";
        String message = "(services.app.memory_deny_write_execute): a JVM writes the code that it executes";
        try (OstlerProject project = OstlerProject.create(as, MDWE.formatted(java, "true"))) {
            assertThat(project.run("check").err()).contains("ostler.yaml:5:32 " + message);
            project.file("ostler.yaml", MDWE.formatted("[./start.sh]\n    extends: jvm-service", "true"));
            assertThat(project.run("check").err()).contains("ostler.yaml:6:32 " + message);
            project.file("ostler.yaml", MDWE.formatted(java, "{ value: true, force: true }"));

            project.run("check").ok();
            project.run("up", "-d");
            JsonNode status = project.await("app", "failed");

            assertThat(status.at("/last_exit/code").asInt())
                    .as(status.toString())
                    .isEqualTo(1);
            assertThat(project.logFile("app"))
                    .anyMatch(line -> line.contains("Could not create the Java Virtual" + " Machine")
                            || line.contains("Error occurred during initialization of VM")
                            || line.contains("Permission denied"));
        }
    }

    private static void needMdwe() {
        String[] version = System.getProperty("os.version").split("[.-]");
        boolean there = Integer.parseInt(version[0]) * 100 + Integer.parseInt(version[1]) >= 603;
        assumeTrue(there, "skipped: needs PR_SET_MDWE, Linux 6.3");
    }

    @Test
    void j32_aJvmThatWantsHugePagesGetsNoneWhereTheyAreOff() throws IOException {
        String mode = Files.readString(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
        assumeTrue(!mode.contains("[never]"), "skipped: transparent huge pages are off on this host");
        String yaml = """
                services:
                  app:
                    command: ['${JAVA_HOME}/bin/java', -XX:+UseTransparentHugePages, -XX:+UseSerialGC, -Xms128m,
                      -Xmx128m, -XX:+AlwaysPreTouch, Main.java]
                    transparent_hugepages: %s
                """;
        for (boolean allowed : new boolean[] {true, false}) {
            try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.formatted(allowed))) {
                project.file("Main.java", """
                        public class Main {
                            public static void main(String[] args) throws Exception {
                                System.out.println("touched");
                                Thread.sleep(1_000_000);
                            }
                        }
                        """);
                project.run("up", "-d").ok();
                Eventually.until("it runs", () -> project.log("app").stream().anyMatch(l -> l.endsWith("touched")));

                String rollup = Files.readString(Path.of("/proc/" + project.pid("app") + "/smaps_rollup"));
                assertThat(rollup).containsPattern(allowed ? "AnonHugePages: +[1-9]" : "AnonHugePages: +0 kB");
            }
        }
    }

    @Test
    void j32_stacksOfManyThreadsStayNearWhatTheyTouch() {
        String yaml = """
                services:
                  app:
                    command: ['${JAVA_HOME}/bin/java', -Xss2m, -Xmx64m, -XX:+UseSerialGC, Main.java]
                    transparent_hugepages: false
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("Main.java", """
                    public class Main {
                        public static void main(String[] args) throws Exception {
                            for (int i = 0; i < 1000; i++) {
                                Thread thread = new Thread(() -> {
                                    try {
                                        Thread.sleep(1_000_000);
                                    } catch (InterruptedException e) {
                                        throw new IllegalStateException(e);
                                    }
                                });
                                thread.setDaemon(true);
                                thread.start();
                            }
                            System.out.println("started");
                            Thread.sleep(1_000_000);
                        }
                    }
                    """);
            project.run("up", "-d").ok();
            Eventually.until(
                    "all threads run", () -> project.log("app").stream().anyMatch(l -> l.endsWith("started")));

            String rss = project.shell("grep VmRSS /proc/" + project.pid("app") + "/status | tr -dc 0-9")
                    .ok()
                    .out();
            // two of 1000 stacks of 2 MiB would be 2 GB; the JVM itself takes 100 MB or so
            assertThat(Long.parseLong(rss)).isLessThan(600_000);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void coreSchedulingOrTheReasonWhyNot(As as) {
        String yaml = """
                services:
                  app:
                    command: [sleep, '1000']
                    core_scheduling: { value: true, if_unsupported: %s }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml.formatted("fail"))) {
            Result check = project.run("check");
            boolean there = check.exitCode() == 0;
            if (!there) {
                assertThat(check.err())
                        .containsPattern("ostler.yaml:4:22 \\(services.app.core_scheduling\\): core_scheduling is not"
                                + " possible for \"app\": (this kernel has no core scheduling|the cores of)");
                project.file("ostler.yaml", yaml.formatted("warn"));
            }
            Result up = project.run("up", "-d").ok();

            assertThat(up.err().contains("core_scheduling is not possible")).isEqualTo(!there);
            String audit = project.run("audit", "app").ok().out();
            assertThat(audit).contains("core_scheduling");
            assertThat(audit.contains("core_scheduling is not possible")).isEqualTo(!there);
        }
    }

    /** add_key(2) into a new session keyring, which {@code up} inherits. */
    private static final String WITH_KEY = """
            syscall(%1$d, 1, 0); # KEYCTL_JOIN_SESSION_KEYRING
            my ($type, $name, $secret) = ("user", "ostler-it", "secret");
            syscall(%2$d, $type, $name, $secret, 6, -3) > 0 or die "add_key: $!"; # KEY_SPEC_SESSION_KEYRING
            exec @ARGV;
            """;

    /** request_key(2) without a way to make one. */
    private static final String ASK_FOR_KEY = """
            $| = 1;
            my ($type, $name) = ("user", "ostler-it");
            print syscall(%3$d, $type, $name, 0, 0) > 0 ? "found" : "absent", "\\n";
            sleep 1000;
            """;

    @Test
    void p32_keysOfTheSessionThatStartedTheSupervisorAreNotForAnotherUser() {
        As.needRoot("CAP_SETUID");
        assumeTrue(Files.exists(Path.of("/proc/keys")), "skipped: this kernel has no keyrings");
        Object[] numbers = X86 ? new Object[] {250, 248, 249} : new Object[] {219, 217, 218};
        String yaml = """
                defaults: { command: [perl, ask.pl] }
                services:
                  by-default: { user: nobody }
                  by-wish: { keyring: private }
                  inherits: { user: nobody, keyring: inherit }
                  same-user: {}
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("key.pl", WITH_KEY.formatted(numbers)).file("ask.pl", ASK_FOR_KEY.formatted(numbers));
            project.shell("perl key.pl " + project.binary() + " up -d").ok();

            assertThat(lines(project, "by-default", 1)).containsExactly("absent");
            assertThat(lines(project, "by-wish", 1)).containsExactly("absent");
            assertThat(lines(project, "inherits", 1)).containsExactly("found");
            assertThat(lines(project, "same-user", 1)).containsExactly("found");
        }
    }

    private static List<String> lines(OstlerProject project, int count) {
        return lines(project, "app", count);
    }

    /** What a service wrote, once these are as many lines. */
    private static List<String> lines(OstlerProject project, String service, int count) {
        return Eventually.value(service + " has written " + count + " lines", () -> {
            List<String> written = project.log(service).stream()
                    .filter(line -> line.startsWith("stdout "))
                    .map(line -> line.split(" ", 3)[2])
                    .toList();
            return written.size() < count ? Optional.empty() : Optional.of(written);
        });
    }
}

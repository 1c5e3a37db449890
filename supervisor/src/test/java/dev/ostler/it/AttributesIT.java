package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Limits, priority, umask, securebits, death signal, directory and environment, as the service itself finds them. */
class AttributesIT {
    private static final int SYS_RESOURCE = 24;

    /** All of capabilities(7) but keep_caps, which execve(2) clears. */
    private static final int ALL_SECUREBITS_BUT_KEEP_CAPS = 0b1110_1111;

    private static final int SIGINT = 2;
    private static final int SIGUSR1 = 10;

    /** What root may ask for without CAP_SYS_RESOURCE; %s: the limits. */
    private static final String OF_ROOT = """
            services:
              full:
                command: [../inside]
                user: nobody
                directories: [ { path: own, mode: "0700" } ]
                working_dir: own
                environment: { GREETING: hello world, EMPTY: "" }
                umask: "0027"
                nice: -3
                oom_score_adj: 300
                death_signal: INT
                securebits: [noroot, noroot_locked, no_setuid_fixup, no_setuid_fixup_locked, keep_caps_locked,
                  no_cap_ambient_raise, no_cap_ambient_raise_locked]
                ulimits: { %s }
            """;

    /** What everybody may ask for; %s: a CPU, and the limits. */
    private static final String OF_A_PLAIN_USER = """
            services:
              plain:
                command: [../inside]
                directories: [ { path: own, mode: "0700" } ]
                working_dir: own
                environment: { GREETING: hello world, EMPTY: "" }
                umask: "0077"
                nice: 19
                oom_score_adj: 300
                death_signal: USR1
                cpu_affinity: "%s"
                ulimits: { %s }
            """;

    private static final String RAISED = """
            services:
              raised:
                command: [./inside]
                user: nobody
                oom_score_adj: -100
                ulimits:
                  nice: { soft: 20, hard: 25 }
                  rtprio: { soft: 3, hard: 7 }
                  memlock: { soft: 4096, hard: unlimited }
            """;

    /** In the order of /proc/PID/limits; no two numbers are alike. */
    private static final Map<String, long[]> LIMITS = limits();

    private static Map<String, long[]> limits() {
        Map<String, long[]> limits = new LinkedHashMap<>();
        limits.put("cpu", new long[] {3600, 7200});
        limits.put("fsize", new long[] {1_000_000_000, 2_000_000_000L});
        limits.put("data", new long[] {1_100_000_000, 2_100_000_000L});
        limits.put("stack", new long[] {4_194_304, 5_242_880});
        limits.put("core", new long[] {0, 8192});
        limits.put("rss", new long[] {1_200_000_000, 2_200_000_000L});
        limits.put("nproc", new long[] {2001, 3001});
        limits.put("nofile", new long[] {101, 202});
        limits.put("memlock", new long[] {4096, 16384});
        limits.put("as", new long[] {1_300_000_000, 2_300_000_000L});
        limits.put("locks", new long[] {11, 22});
        limits.put("sigpending", new long[] {333, 444});
        limits.put("msgqueue", new long[] {5000, 6000});
        limits.put("nice", new long[] {1, 2});
        limits.put("rtprio", new long[] {3, 4});
        limits.put("rttime", new long[] {200_000, 300_000});
        return limits;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "WITHOUT_CGROUPS"})
    void everythingThatRootAsksForIsTrueInside(As as) throws IOException {
        As.needRoot("CAP_SETUID, CAP_SETPCAP, CAP_SYS_NICE");
        Map<String, String> limits = limitsWithinOurs();
        try (OstlerProject project = OstlerProject.create(as, OF_ROOT.formatted(yaml(limits)))) {
            CProgram.build(project, Inside.PROGRAM);

            project.run("up", "-d").ok();

            Inside inside = Inside.of(project, "full");
            assertLimits(inside, limits);
            assertThat(inside.one("nice")).isEqualTo("-3");
            assertThat(inside.one("oom_score_adj")).isEqualTo("300");
            assertThat(inside.one("Umask")).isEqualTo("0027");
            assertThat(inside.one("securebits")).isEqualTo(Integer.toString(ALL_SECUREBITS_BUT_KEEP_CAPS));
            assertThat(inside.one("death_signal")).isEqualTo(Integer.toString(SIGINT));
            assertThat(inside.one("cwd")).isEqualTo(project.directory() + "/own");
            assertEnvironment(inside, "nobody", home(project, "nobody"));
        }
    }

    @Test
    void everythingThatAPlainUserMayAskForIsTrueInside() throws IOException {
        Map<String, String> limits = limitsWithinOurs();
        String cpu = OwnStatus.lastAllowedCpu();
        String yaml = OF_A_PLAIN_USER.formatted(cpu, yaml(limits));
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            CProgram.build(project, Inside.PROGRAM);

            project.run("up", "-d").ok();

            Inside inside = Inside.of(project, "plain");
            assertLimits(inside, limits);
            for (String ids : List.of("Uid", "Gid", "Groups", "CapBnd")) {
                String caller = said(project, "grep ^" + ids + ": /proc/self/status");
                assertThat(inside.one(ids))
                        .isEqualTo(caller.replaceFirst("\\S+\\s*", "").replace('\t', ' '));
            }
            assertThat(inside.one("nice")).isEqualTo("19");
            assertThat(inside.one("oom_score_adj")).isEqualTo("300");
            assertThat(inside.one("Umask")).isEqualTo("0077");
            assertThat(inside.one("NoNewPrivs")).isEqualTo("1");
            assertThat(inside.one("securebits")).isEqualTo("0");
            assertThat(inside.one("death_signal")).isEqualTo(Integer.toString(SIGUSR1));
            assertThat(inside.one("Cpus_allowed_list")).isEqualTo(cpu);
            assertThat(inside.one("cwd")).isEqualTo(project.directory() + "/own");
            String uid = said(project, "id -u");
            String name = said(project, "getent passwd " + uid + " | cut -d: -f1");
            assertEnvironment(inside, name.isEmpty() ? uid : name, home(project, uid));
        }
    }

    @Test
    void whatNeedsCapSysResourceIsDoneBeforeTheUserChanges() {
        As.needRoot("CAP_SETUID");
        Assumptions.assumeTrue(OwnStatus.hasCapability(SYS_RESOURCE), "skipped: needs CAP_SYS_RESOURCE");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, RAISED)) {
            CProgram.build(project, Inside.PROGRAM);

            project.run("up", "-d").ok();

            Inside inside = Inside.of(project, "raised");
            assertThat(inside.one("Uid")).startsWith(said(project, "id -u nobody") + " ");
            assertThat(inside.one("oom_score_adj")).isEqualTo("-100");
            assertLimits(inside, Map.of("nice", "20 25", "rtprio", "3 7", "memlock", "4096 unlimited"));
        }
    }

    /** Nothing of the caller's environment is in it. */
    private static void assertEnvironment(Inside inside, String user, String home) {
        Map<String, String> environment = inside.all("environ").stream()
                .map(variable -> variable.split("=", 2))
                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1]));

        assertThat(environment).containsOnlyKeys("PATH", "HOME", "USER", "LOGNAME", "SHELL", "GREETING", "EMPTY");
        assertThat(environment)
                .containsEntry("GREETING", "hello world")
                .containsEntry("EMPTY", "")
                .containsEntry("USER", user)
                .containsEntry("LOGNAME", user)
                .containsEntry("HOME", home);
    }

    private static void assertLimits(Inside inside, Map<String, String> limits) {
        limits.forEach((name, expected) ->
                assertThat(inside.one("limit " + name)).as("limit " + name).isEqualTo(expected));
    }

    /** {@link #LIMITS}, lowered where our own hard limits are lower: name → soft, space, hard. */
    private static Map<String, String> limitsWithinOurs() throws IOException {
        List<String> ours = Files.readAllLines(Path.of("/proc/self/limits"));
        Map<String, String> limits = new LinkedHashMap<>();
        for (Map.Entry<String, long[]> limit : LIMITS.entrySet()) {
            String hard = ours.get(1 + limits.size()).split(" {2,}")[2];
            long most = hard.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(hard);
            String within = Stream.of(limit.getValue()[0], limit.getValue()[1])
                    .map(wanted -> Long.toString(Math.min(wanted, most)))
                    .collect(Collectors.joining(" "));
            limits.put(limit.getKey(), within);
        }
        return limits;
    }

    private static String yaml(Map<String, String> limits) {
        return limits.entrySet().stream()
                .map(limit -> limit.getKey() + ": { soft: " + limit.getValue().replace(" ", ", hard: ") + " }")
                .collect(Collectors.joining(", "));
    }

    private static String home(OstlerProject project, String user) {
        String home = said(project, "getent passwd " + user + " | cut -d: -f6");
        return home.isEmpty() ? "/" : home;
    }

    private static String said(OstlerProject project, String command) {
        return project.shell(command).ok().out().strip();
    }
}

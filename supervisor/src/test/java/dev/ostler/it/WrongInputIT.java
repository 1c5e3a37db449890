package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are wrong, and files that ask for what this host or this user cannot have: nothing is started. */
class WrongInputIT {
    private static final String MANY_MISTAKES = """
            services:
              web:
                command: [sleep, "1000"]
                restrat: always
                env_file: secret.env
                stop_grace_period: 20
              a: { command: [sleep, "1000"], depends_on: [b] }
              b: { command: [sleep, "1000"], depends_on: [c] }
              c: { command: [sleep, "1000"], depends_on: [a] }
              web: { command: ["true"] }
              d:
                command: [first]
                command: [second]
            """;

    /** Alike for {@code up} and {@code check}; %s is what the system says of secret.env. */
    private static final String MANY_MESSAGES = """
            ostler.yaml:4:5 (services.web.restrat): unknown key "restrat", did you mean "restart"?
            ostler.yaml:5:15 (services.web.env_file): cannot read "secret.env": open: %s
            ostler.yaml:6:24 (services.web.stop_grace_period): "20" is not a duration; write 250ms, 10s, 5m or 1h
            ostler.yaml:9:47 (services.c.depends_on[0]): dependency cycle: a -> b -> c -> a
            ostler.yaml:10:3 (services.web): two services named "web", the first is at ostler.yaml:2:3
            ostler.yaml:13:5 (services.d.command): duplicate key "command", the first is at ostler.yaml:12:5
            """;

    private static final String CPU_USER_AND_CAPABILITY = """
            services:
              pinned: { command: [sleep, "1000"], cpu_affinity: 8000-8002 }
              owned: { command: [sleep, "1000"], user: no-such-user }
              able: { command: [sleep, "1000"], capabilities: { keep: [NET_ADMIN, NET_RAW] } }
            """;

    private static final String NEEDS_ROOT = """
            services:
              other: { command: [sleep, "1000"], user: daemon }
              able: { command: [sleep, "1000"], capabilities: { keep: [NET_ADMIN] } }
              files: { command: [sleep, "1000"], ulimits: { nofile: 999999999 } }
              first: { command: [sleep, "1000"], nice: -5 }
              safe: { command: [sleep, "1000"], oom_score_adj: -900 }
              group: { command: [sleep, "1000"], group_add: [daemon] }
            """;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void allMistakesOfAFileAreToldAtOnce(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, MANY_MISTAKES)) {
            boolean reads = as != As.PLAIN_USER && As.isRoot();
            if (!reads) { // root reads everything, so for root the file is not there
                Path secret = project.file("secret.env", "A=1\n").directory().resolve("secret.env");
                Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("---------"));
            }
            String expected = MANY_MESSAGES.formatted(
                    reads ? "ENOENT (No such file or directory)" : "EACCES (Permission denied)");

            refusedBy(project, expected);
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void anEmptyFileAnAliasBombAndNoFile(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, "")) {
            refusedBy(project, "ostler.yaml:1:1: the file is empty\n");

            project.file("ostler.yaml", aliasBomb());
            refusedBy(project, "ostler.yaml:6:5 (a5): aliases unfold to more than 1000000 values\n");

            Files.delete(project.directory().resolve("ostler.yaml"));
            Result up = project.run("up");
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).isEqualTo("cannot open \"ostler.yaml\": ENOENT (No such file or directory)\n");
        }
    }

    private static String aliasBomb() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            bomb.append("a" + i + ": &a" + i + " [")
                    .append(alias)
                    .append((", " + alias).repeat(9))
                    .append("]\n");
        }
        return bomb + "services: { web: { command: *a9 } }\n";
    }

    @Test
    void aCpuAUserAndACapabilityThatAreNotThere() throws IOException {
        As.needRoot("CAP_SETPCAP, to take NET_ADMIN out of the bounding set");
        String cpus =
                Files.readString(Path.of("/sys/devices/system/cpu/online")).strip();
        try (OstlerProject project = OstlerProject.create(As.CURRENT, CPU_USER_AND_CAPABILITY)) {
            String expected = "ostler.yaml:2:53 (services.pinned.cpu_affinity): CPUs 8000-8002 do not exist"
                    + " (this machine has " + cpus + ")\n"
                    + "ostler.yaml:3:44 (services.owned.user): unknown user \"no-such-user\"\n"
                    + "ostler.yaml:4:59 (services.able.capabilities.keep): capability NET_ADMIN is not in the bounding"
                    + " set of this supervisor\n";
            for (String command : List.of("check", "up")) {
                Result result =
                        project.shell("exec setpriv --bounding-set -net_admin " + project.binary() + " " + command);
                assertThat(result.err()).isEqualTo(expected);
                assertThat(result.exitCode()).isEqualTo(1);
            }
        }
    }

    @Test
    void aCpuAUserAndACapabilityThatAreNotThereForAPlainUser() throws IOException {
        int uid = As.isRoot() ? As.PLAIN_UID : (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        String cpus =
                Files.readString(Path.of("/sys/devices/system/cpu/online")).strip();
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, CPU_USER_AND_CAPABILITY)) {
            refusedBy(project, """
                    ostler.yaml:2:53 (services.pinned.cpu_affinity): CPUs 8000-8002 do not exist (this machine has %1$s)
                    ostler.yaml:3:44 (services.owned.user): unknown user "no-such-user"
                    ostler.yaml:4:59 (services.able.capabilities.keep): capability NET_ADMIN is not in the permitted \
                    set of this supervisor, which runs as uid %2$d
                    ostler.yaml:4:59 (services.able.capabilities.keep): capability NET_RAW is not in the permitted \
                    set of this supervisor, which runs as uid %2$d
                    """.formatted(cpus, uid));
        }
    }

    @Test
    void whatNeedsRootSaysSoWithTheLineThatAskedForIt() throws IOException {
        int uid = As.isRoot() ? As.PLAIN_UID : (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, NEEDS_ROOT)) {
            String hard = project.shell("ulimit -H -n").ok().out().strip();
            String score =
                    project.shell("cat /proc/self/oom_score_adj").ok().out().strip();
            String nice = project.shell("nice").ok().out().strip();

            refusedBy(project, """
                    ostler.yaml:2:44 (services.other.user): cannot run "other" as user "daemon": needs CAP_SETUID and \
                    CAP_SETGID, this supervisor runs as uid %1$d without them
                    ostler.yaml:3:59 (services.able.capabilities.keep): capability NET_ADMIN is not in the permitted \
                    set of this supervisor, which runs as uid %1$d
                    ostler.yaml:4:57 (services.files.ulimits.nofile): cannot set ulimit nofile of "files" to \
                    999999999: needs CAP_SYS_RESOURCE, the hard limit of this supervisor is %2$s
                    ostler.yaml:5:44 (services.first.nice): cannot set nice of "first" to -5: needs CAP_SYS_NICE, the \
                    lowest value allowed here is %3$s
                    ostler.yaml:6:52 (services.safe.oom_score_adj): cannot set oom_score_adj of "safe" to -900: needs \
                    CAP_SYS_RESOURCE, the value of this supervisor is %4$s
                    ostler.yaml:7:50 (services.group.group_add[0]): cannot add groups to "group": needs CAP_SETGID, \
                    this supervisor runs as uid %1$d without it
                    """.formatted(uid, hard, nice, score));
        }
    }

    @Test
    void aUserThatMayBeLeftOutIsAWarningAndTheServiceRuns() {
        String yaml = """
                services:
                  web: { command: [sleep, "1000"], user: { name: daemon, if_unsupported: warn } }
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            Result check = project.run("check").ok();
            project.run("up", "-d").ok();

            assertThat(check.out()).isEqualTo("ostler.yaml: 1 service, no problems\n");
            assertThat(check.err())
                    .startsWith("warning: ostler.yaml:2:50 (services.web.user.name): cannot run \"web\" as user"
                            + " \"daemon\": needs CAP_SETUID and CAP_SETGID");
            assertThat(project.run("status").out()).contains("degraded: ostler.yaml:2:50");
            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
        }
    }

    /** {@code check}, {@code up} and {@code up -d} say the same and fail. */
    private static void refusedBy(OstlerProject project, String expected) {
        List<String[]> commands = new ArrayList<>();
        commands.add(new String[] {"check"});
        commands.add(new String[] {"up"});
        commands.add(new String[] {"up", "-d"});
        for (String[] command : commands) {
            Result result = project.run(command);
            assertThat(result.err()).isEqualTo(expected);
            assertThat(result.out()).isEmpty();
            assertThat(result.exitCode()).isEqualTo(1);
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Asked from inside of real services: what a sandbox holds, and what it does not let out. */
class SandboxIT {
    private static final List<String> NO_RIGHTS = List.of("capabilities: { keep: [] }");
    private static final List<String> NOTHING = List.of();

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aRootOfItsOwnHoldsOnlyWhatWasAskedFor(As as) {
        String script = """
                cd /; exec 2>&1; echo /*
                echo > /new; echo > /usr/new
                echo > /tmp/new && echo tmp can be written to
                dd if=/dev/zero of=/tmp/full bs=64k count=100 2>&1 | grep -o 'No space left'
                cat /etc/motd; echo > /dev/null && echo null; head -c 4 /dev/zero | wc -c
                set -- /proc/[0-9]*; echo $#; cat /proc/1/comm; echo $$; hostname; cat /proc/sys/kernel/domainname
                tr '\\0' '\\n' < /proc/$$/environ | cut -d= -f1 | sort | tr '\\n' ' '; echo
                """;
        try (OstlerProject project = Sandboxed.project(
                        as,
                        script,
                        List.of("environment: { ASKED: 'yes' }"),
                        List.of(
                                "namespaces: [pid, ipc]",
                                "root: empty",
                                "read_only: true",
                                "hostname: inside",
                                "domainname: example"),
                        List.of(
                                "{ proc: /proc }",
                                "{ dev: /dev }",
                                "{ tmpfs: /tmp, size: 1m }",
                                "{ file: /etc/motd, content: hello }"))
                .env("NOT_ASKED", "secret")
                .env("GLIBC_TUNABLES", "glibc.malloc.check=0")) {
            String lib64 = Files.exists(Path.of("/lib64")) ? " /lib64" : "";

            assertThat(Sandboxed.output(project))
                    .containsExactly(
                            "/bin /dev /etc /lib" + lib64 + " /probe /proc /script.sh /tmp /usr",
                            "script.sh: 3: cannot create /new: Read-only file system",
                            "script.sh: 3: cannot create /usr/new: Read-only file system",
                            "tmp can be written to",
                            "No space left",
                            "hellonull",
                            "4",
                            "2", // the init and the shell
                            "ostler-init",
                            "2",
                            "inside",
                            "example",
                            "ASKED HOME LOGNAME PATH SHELL USER ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aMountOnTheRootTakesItsPlace(As as) {
        try (OstlerProject project = Sandboxed.project(as, "true", NOTHING, List.of("read_only: true"), NOTHING)) {
            Result result = project.run(
                    "run",
                    "-s",
                    "working_dir=/",
                    "-s",
                    "sandbox.root=empty",
                    "-s",
                    "sandbox.mounts=[{ directory: /hidden }, { bind: /, to: /, read_only: true }, { tmpfs: /tmp }]",
                    "--",
                    "sh",
                    "-c",
                    "ls -d /usr /hidden; echo > /srv/new; echo > /tmp/new && ls /tmp; head -c 1 /dev/zero");

            assertThat(result.out()).isEqualTo("/usr\nnew\n");
            assertThat(result.err()).contains("/hidden", "/srv/new: Read-only file system", "/dev/zero");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p12_readOnlyReachesMountsBelow(As as) {
        needMountOn("/dev/shm");
        String script = """
                echo > /dev/shm/ostler-p12; echo > /tmp/ostler-p12; echo > /mnt/dev/shm/ostler-p12
                """;
        try (OstlerProject whole = Sandboxed.project(as, script, NOTHING, List.of("read_only: true"), NOTHING);
                OstlerProject bound = Sandboxed.project(
                        as,
                        script.replace("> /", "> /mnt/"),
                        NOTHING,
                        List.of("namespaces: [ipc]", "root: empty"),
                        List.of("{ bind: /, to: /mnt, read_only: true }"))) {
            for (OstlerProject project : List.of(whole, bound)) {
                List<String> output = Sandboxed.output(project);

                assertThat(output).hasSize(3);
                assertThat(output.subList(0, 2)).allMatch(line -> line.endsWith("Read-only file system"));
            }
            assertThat(Path.of("/dev/shm/ostler-p12")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p11_theTreeCannotBeChangedFromInside(As as) {
        try (OstlerProject project = Sandboxed.project(
                as,
                "/probe mounts; echo > /host/dev/shm/x",
                NO_RIGHTS,
                List.of("namespaces: [pid]", "root: empty", "hostname: inside"),
                List.of("{ bind: /, to: /host, read_only: true }", "{ tmpfs: /tmp }", "{ proc: /proc }"))) {
            List<String> output = Sandboxed.output(project);

            assertThat(output).hasSize(19);
            assertThat(output.subList(0, 18)).allMatch(line -> line.endsWith(": EPERM"));
            assertThat(output.get(18)).endsWith("Read-only file system");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p5_p6_theInitAndItsProgramAreOutOfReach(As as) {
        try (OstlerProject project = Sandboxed.project(
                as,
                "/probe open /proc/1/root /proc/1/root/etc/hostname /proc/1/exe /proc/1/environ /proc/1/mem /proc/1/cwd",
                NO_RIGHTS,
                List.of("namespaces: [pid]", "root: empty", "user_namespace: { uid: 0, gid: 0 }"),
                List.of("{ proc: /proc }"))) {
            assertThat(Sandboxed.output(project))
                    .hasSize(6)
                    .allMatch(line -> line.matches("/proc/1/\\S+: r EACCES w (EACCES|EPERM)"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p7_rootInsideDoesNotGetOutByChroot(As as) {
        try (OstlerProject project = Sandboxed.project(
                as,
                "",
                NOTHING,
                List.of("namespaces: [pid]", "root: empty", "user_namespace: { uid: 0, gid: 0 }"),
                List.of("{ tmpfs: /tmp }"))) {
            project.file("script.sh", "/probe escape " + project.directory().resolve("ostler.yaml"));

            assertThat(Sandboxed.output(project))
                    .containsExactly(
                            "mkdir: done", "chroot: done", "chroot back: done", "root: same", "host file: ENOENT");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p8_noDescriptorIsLeft(As as) {
        try (OstlerProject project = Sandboxed.project(
                as,
                "exec /probe fds",
                NOTHING,
                List.of("namespaces: [pid]", "root: empty"),
                List.of("{ dev: /dev }"))) {
            assertThat(Sandboxed.output(project)).containsExactly("inherited: 0", "fchdir 0: ENOTDIR");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p16_aSetUserIdProgramGainsNothing(As as) throws IOException {
        As.needRoot("a set-user-ID program of root");
        for (String noNewPrivs : List.of("true", "false")) {
            try (OstlerProject project = Sandboxed.project(
                    as,
                    "/probe ids; /data/probe ids",
                    Stream.concat(
                                    Stream.of("no_new_privs: " + noNewPrivs),
                                    as.hasRoot()
                                            ? Stream.of("user: \"" + As.PLAIN_UID + ":" + As.PLAIN_UID + "\"")
                                            : Stream.empty())
                            .toList(),
                    List.of("root: empty"),
                    List.of("{ bind: data, to: /data }"))) {
                Path program = Files.createDirectories(project.directory().resolve("data"))
                        .resolve("probe");
                Files.copy(project.directory().resolve("probe"), program);
                Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
                project.shell("true").ok();
                new ProcessBuilder("chmod", "u+s", program.toString())
                        .start()
                        .onExit()
                        .join();
                String me = "uid: 54321 54321 gid: 54321 54321";

                assertThat(Sandboxed.output(project))
                        .containsExactly(
                                me,
                                "setuid 0: " + refusal(as),
                                "setgroups: EPERM",
                                me,
                                "setuid 0: " + refusal(as),
                                "setgroups: EPERM");
            }
        }
    }

    /** A user id that a namespace does not know is invalid in it. */
    private static String refusal(As as) {
        return as == As.PLAIN_USER ? "EINVAL" : "EPERM";
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p37_clocksAreShiftedAndNeverGoBack(As as) throws IOException {
        for (String namespaces : List.of("[time]", "[time, pid]")) {
            try (OstlerProject project = Sandboxed.project(
                    as,
                    "./probe clocks",
                    NOTHING,
                    List.of("namespaces: " + namespaces, "time: { monotonic: 1000h, boottime: 8000h }"),
                    NOTHING)) {
                double uptime = Double.parseDouble(
                        Files.readString(Path.of("/proc/uptime")).split(" ")[0]);
                String[] clocks = Sandboxed.output(project).get(0).split(" ");

                assertThat(Long.parseLong(clocks[0]))
                        .isBetween((long) 1000 * 3600, (long) 1000 * 3600 + (long) uptime + 600);
                assertThat(Long.parseLong(clocks[1]))
                        .isBetween((long) (8000 * 3600 + uptime), (long) (8000 * 3600 + uptime) + 600);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void masksAndReadOnlyPaths(As as) {
        String script = """
                exec 2>&1; wc -c < /etc/passwd; ls /var | wc -l; echo > /var/x
                echo > /srv/data/x; echo > /data/x && echo written
                """;
        try (OstlerProject project = Sandboxed.project(
                as,
                script,
                NOTHING,
                List.of(
                        "root: empty",
                        "mask: [/etc/passwd, /var, /no/such/thing]",
                        "read_only_paths: [/srv/data, /no]"),
                List.of("{ bind: /etc }", "{ bind: /var }", "{ bind: ., to: /srv/data }", "{ tmpfs: /data }"))) {
            assertThat(Sandboxed.output(project))
                    .containsExactly(
                            "0",
                            "0",
                            "script.sh: 2: cannot create /var/x: Read-only file system",
                            "script.sh: 3: cannot create /srv/data/x: Read-only file system",
                            "written");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p23_loopbackIsItsOwn(As as) throws IOException {
        try (ServerSocket host = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(network(as, "loopback", host.getLocalPort()))
                    .containsExactly("bind: done", "own port: done", "host port: ECONNREFUSED", "lo", "80");
            assertThat(network(as, "none", host.getLocalPort()))
                    .containsExactly("bind: done", "own port: ENETUNREACH", "host port: ENETUNREACH", "lo", "80");
            assertThat(network(as, "host", host.getLocalPort()))
                    .startsWith("bind: done", "own port: done", "host port: done");
        }
    }

    private static List<String> network(As as, String mode, int port) {
        List<String> sysctls = mode.equals("host")
                ? List.of("network: host", "hostname: x")
                : List.of("network: " + mode, "sysctls: { net.ipv4.ip_unprivileged_port_start: 80 }");
        try (OstlerProject project = Sandboxed.project(
                as,
                "./probe network " + port + "; ls /sys/class/net | head -1;"
                        + " cat /proc/sys/net/ipv4/ip_unprivileged_port_start",
                NOTHING,
                Stream.concat(
                                sysctls.stream(),
                                Stream.of("namespaces: [pid, net]".replace(mode.equals("host") ? ", net" : "-", "")))
                        .toList(),
                mode.equals("host") ? NOTHING : List.of("{ sysfs: /sys }"))) {
            return Sandboxed.output(project);
        }
    }

    @Test
    void idsOfAContainer() {
        As.needRoot("id maps with more than one id");
        String script = "id -u; id -g; cat /proc/self/uid_map; echo > /data/made; grep CapEff /proc/self/status;"
                + " chown 5:6 /data/made";
        try (OstlerProject project = Sandboxed.project(
                As.CURRENT,
                script,
                NOTHING,
                List.of(
                        "namespaces: [pid]",
                        "root: empty",
                        "user_namespace: { uid_map: [0 100000 65536], gid_map: [0 200000 65536] }"),
                List.of("{ proc: /proc }", "{ bind: ., to: /data }"))) {
            assertThat(Sandboxed.output(project))
                    .containsExactly("0", "0", "         0     100000      65536", "CapEff:\t000001ffffffffff");
            assertThat(project.shell("stat -c '%u %g' made").ok().out()).isEqualTo("100005 200006\n");
        }
    }

    /** Root of the supervisor is in the map: the change to another id must not take the rights that mounts need. */
    @Test
    void aMapWithRootOfTheHostAndAnotherUserInside() {
        As.needRoot("id maps with more than one id");
        try (OstlerProject project = Sandboxed.project(
                As.CURRENT,
                "id -u; id -g; grep CapPrm /proc/self/status",
                NOTHING,
                List.of(
                        "namespaces: [pid]",
                        "root: empty",
                        "user_namespace: { uid: 5, gid: 6, uid_map: [0 0 100], gid_map: [0 0 100] }"),
                List.of("{ proc: /proc }"))) {
            assertThat(Sandboxed.output(project)).containsExactly("5", "6", "CapPrm:\t0000000000000000");
        }
    }

    static Stream<Arguments> jdks() {
        return Jdk.all().stream()
                .flatMap(jdk -> Stream.of(Arguments.of(As.CURRENT, jdk), Arguments.of(As.PLAIN_USER, jdk)));
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmRuns(As as, Jdk jdk) {
        String program = """
                public class Hello {
                    public static void main(String[] args) throws Exception {
                        Thread thread = new Thread(() -> System.out.println("thread"));
                        thread.start();
                        thread.join();
                        System.out.println(java.nio.file.Files.createTempFile("x", "y"));
                        System.out.println(new java.io.File("/").list().length + " " + ProcessHandle.current().pid());
                    }
                }
                """;
        String java = jdk.home().resolve("bin/java").toString();
        try (OstlerProject project = Sandboxed.project(
                as,
                "exec " + java + " /app/Hello.java",
                NO_RIGHTS,
                List.of("namespaces: [pid, ipc]", "root: empty", "read_only: true", "network: loopback"),
                List.of(
                        "{ bind: /etc, read_only: true }",
                        "{ proc: /proc }",
                        "{ dev: /dev }",
                        "{ tmpfs: /tmp }",
                        "{ bind: app, to: /app, read_only: true }",
                        "{ bind: " + jdk.home() + ", read_only: true }"))) {
            project.file("app/Hello.java", program);

            List<String> output = Sandboxed.output(project);

            assertThat(output).hasSize(3);
            assertThat(output.get(0)).isEqualTo("thread");
            assertThat(output.get(1)).startsWith("/tmp/x");
            assertThat(output.get(2)).matches("\\d+ 2");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanFileRunsWithoutASupervisor(As as) {
        try (OstlerProject project = Sandboxed.project(
                as,
                "echo $$ $(hostname); echo > /new; exit $CODE",
                List.of("environment: { CODE: '7' }"),
                List.of("namespaces: [pid]", "root: empty", "read_only: true", "hostname: inside"),
                List.of("{ proc: /proc }"))) {
            project.run("plan", "-f", "ostler.yaml", "-o", "app.plan", "web").ok();

            for (String role : List.of("exec", "init")) {
                Result result = project.run(role, "app.plan");

                assertThat(result.out()).isEqualTo("2 inside\n");
                assertThat(result.err()).endsWith("cannot create /new: Read-only file system\n");
                assertThat(result.exitCode()).isEqualTo(7);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatIsMissingIsNamedWithItsLine(As as) {
        String yaml = """
                defaults: { restart: "no", command: ["true"] }
                services:
                  source:
                    sandbox:
                      mounts:
                        - { tmpfs: /tmp }
                        - { bind: /no/such/source, to: /tmp/x }
                  point:
                    sandbox:
                      read_only: true
                      mounts: [{ tmpfs: /no/such/point }]
                  host:
                    sandbox:
                      mounts: [{ file: /no-such-file, content: x }]
                  image:
                    sandbox: { root: /no/such/image }
                  folder:
                    sandbox: { root: empty, mounts: [{ bind: /usr }] }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            String here = project.directory().toString();
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err().lines().filter(line -> line.startsWith("cannot start")))
                    .containsExactlyInAnyOrder(
                            "cannot start \"source\": open \"/no/such/source\": ENOENT (No such file or directory)"
                                    + " at ostler.yaml:7:11 (services.source.sandbox.mounts[1])",
                            "cannot start \"point\": mkdir \"/no/such/point\": EROFS (Read-only file system)"
                                    + " at ostler.yaml:11:16 (services.point.sandbox.mounts[0])",
                            "cannot start \"host\": creat \"/no-such-file\": EROFS (Read-only file system)"
                                    + " at ostler.yaml:14:16 (services.host.sandbox.mounts[0])",
                            "cannot start \"image\": open \"/no/such/image\": ENOENT (No such file or directory)"
                                    + " at ostler.yaml:16:22 (services.image.sandbox.root)",
                            "cannot start \"folder\": chdir \"" + here + "\": ENOENT (No such file or directory)"
                                    + " at ostler.yaml:17:3 (services.folder)");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void auditFindsNothingWrong(As as) {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    working_dir: /
                    capabilities: { keep: [] }
                    death_signal: KILL
                    sandbox:
                      namespaces: [pid, ipc]
                      root: empty
                      hostname: inside
                      mounts:
                        - { bind: /usr, read_only: true }
                        - { bind: /bin, optional: true }
                        - { bind: /lib, optional: true }
                        - { bind: /lib64, optional: true }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            String table = project.run("audit", "web").ok().out();

            assertThat(table.lines()).noneMatch(line -> line.startsWith("!") || line.startsWith("~"));
            assertThat(table).containsPattern("(?m)^  parent +init +init, process ");
        }
    }

    private static void needMountOn(String path) {
        try {
            boolean there = Files.readAllLines(Path.of("/proc/self/mounts")).stream()
                    .anyMatch(line -> line.split(" ")[1].equals(path));
            Assumptions.assumeTrue(there, "skipped: nothing is mounted on " + path);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

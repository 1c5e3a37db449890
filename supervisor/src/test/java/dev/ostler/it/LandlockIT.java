package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.linux.Landlock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code sandbox.landlock} as a service meets it, asked from inside; and beside it one without that is denied nothing. */
class LandlockIT {
    private static final int NEEDED_VERSION = 6;

    private static final String YAML = """
            defaults: { restart: "no" }
            services:
              free:
                command: [perl, ../ask.pl, %1$s]
                working_dir: free
              inside:
                command: [perl, ../ask.pl, %1$s]
                working_dir: inside
                sandbox:
                  landlock:
                    execute: [/usr, HERE/inside/both]
                    read: [HERE/ask.pl, HERE/inside/listed, /dev/zero]
                    write:
                      - HERE/inside/writable
                      - HERE/inside/both
                      - HERE/inside/one-file
                      - /dev/null
                      - { path: HERE/no/such/path, optional: true }
                    ioctl_dev: [/dev/null]
            """;

    private static final String PORTS = """
            defaults: { restart: "no" }
            services:
              free:
                command: [perl, ../ask.pl, "bind=%1$d:%2$d"]
                working_dir: free
              inside:
                command: [perl, ../ask.pl, "bind=%1$d:%2$d", "connect=%3$d:%4$d"]
                working_dir: inside
                sandbox:
                  landlock:
                    tcp: { bind: [%1$d], connect: [%3$d] }
              bound:
                command: [perl, ../ask.pl, "connect=%3$d:%4$d"]
                working_dir: bound
                sandbox:
                  landlock:
                    tcp: { bind: [] }
            """;

    private static final String SCOPES = """
            services:
              outside:
                command:
                  - perl
                  - -MSocket
                  - -e
                  - |
                    socket(my $socket, PF_UNIX, SOCK_STREAM, 0) or die;
                    bind($socket, pack("S a*", AF_UNIX, "\\0%1$s")) and listen($socket, 5) or die "bind: $!";
                    open(my $pid, ">", "pid.new"); print $pid $$$$; close($pid); rename("pid.new", "pid");
                    sleep 1000;
              free:
                command: &ask [sh, -c, 'until [ -e ../pid ]; do sleep 0.02; done; exec perl ../ask.pl abstract=%1$s signal=$(cat ../pid)']
                working_dir: free
                restart: "no"
              inside:
                command: *ask
                working_dir: inside
                restart: "no"
                sandbox: { landlock: { scope: [abstract_unix_socket, signal] } }
            """;

    /** What a service without Landlock is told: everything goes. */
    private static final String FREE = "ok";

    @BeforeEach
    void needsLandlock() {
        int version = Landlock.support().abi();
        assumeTrue(
                version >= NEEDED_VERSION,
                "skipped: needs version " + NEEDED_VERSION + " of Landlock, this kernel has " + version);
    }

    @ParameterizedTest
    @EnumSource(
            value = As.class,
            names = {"CURRENT", "PLAIN_USER"})
    void p40_filesAreReadChangedAndExecutedOnlyWhereThatIsListed(As as) throws Exception {
        boolean root = as == As.CURRENT && As.isRoot();
        try (OstlerProject project = OstlerProject.create(as, "")) {
            prepare(project, YAML.formatted(root ? "root=1" : ""), "free", "inside");
            project.run("up", "-d").ok();

            Map<String, String> free = answers(project, "free");
            Map<String, String> inside = answers(project, "inside");

            assertThat(free.values()).containsOnly(FREE);
            assertThat(free.keySet()).isEqualTo(inside.keySet());
            Map<String, String> expected = new LinkedHashMap<>(free);
            expected.putAll(Map.ofEntries(
                    Map.entry("read other", "EACCES"),
                    Map.entry("list other", "EACCES"),
                    Map.entry("write listed", "EACCES"),
                    Map.entry("truncate listed", "EACCES"),
                    Map.entry("make in listed", "EACCES"),
                    Map.entry("remove from listed", "EACCES"),
                    Map.entry("move to where it is executable", "EXDEV"),
                    Map.entry("execute other", "EACCES"),
                    Map.entry("execute script of other", "EACCES"),
                    Map.entry("execute by loader of other", "EACCES"),
                    Map.entry("ioctl of other device", "EACCES")));
            if (root) {
                expected.put("make device in writable", "EACCES");
                expected.put("mount", "EPERM");
            }
            assertThat(inside).isEqualTo(expected);
            assertThat(project.run("audit", "inside").ok().out())
                    .containsPattern("(?m)^\\? landlock +11 paths +not readable from outside"
                            + " +ostler.yaml:11:9 \\(services.inside.sandbox.landlock\\)");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = As.class,
            names = {"CURRENT", "PLAIN_USER"})
    void portsAreBoundAndConnectedToOnlyWhereTheyAreListed(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, "");
                ServerSocket listed = listening();
                ServerSocket other = listening()) {
            int[] free = freePorts();
            prepare(
                    project,
                    PORTS.formatted(free[0], free[1], listed.getLocalPort(), other.getLocalPort()),
                    "free",
                    "inside",
                    "bound");
            project.run("up", "-d").ok();

            assertThat(answers(project, "free"))
                    .containsEntry("bind listed", FREE)
                    .containsEntry("bind other", FREE);
            assertThat(answers(project, "inside"))
                    .containsEntry("bind listed", FREE)
                    .containsEntry("bind other", "EACCES")
                    .containsEntry("connect listed", FREE)
                    .containsEntry("connect other", "EACCES")
                    .containsEntry("read other", FREE);
            assertThat(answers(project, "bound"))
                    .containsEntry("connect listed", FREE)
                    .containsEntry("connect other", FREE);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = As.class,
            names = {"CURRENT", "PLAIN_USER"})
    void signalsAndAbstractSocketsStayInside(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, "")) {
            String name = project.directory().getFileName().toString();
            prepare(project, SCOPES.formatted(name), "free", "inside");
            project.run("up", "-d").ok();

            assertThat(answers(project, "free"))
                    .containsEntry("connect outside", FREE)
                    .containsEntry("signal outside", FREE);
            assertThat(answers(project, "inside"))
                    .containsEntry("connect outside", "EPERM")
                    .containsEntry("signal outside", "EPERM")
                    .containsEntry("read other", FREE);
            project.run("stop", "inside").ok(); // what comes from outside still gets in
            project.await("inside", "down");
        }
    }

    private static final String REFUSED = """
            defaults: { restart: "no" }
            services:
              missing:
                command: ["true"]
                sandbox:
                  landlock:
                    execute: [/usr]
                    read:
                      - /etc
                      - HERE/no/such/path
              denied:
                command: [perl, -v]
                sandbox: { landlock: { execute: [/etc] } }
              nothing:
                command: ["true"]
                sandbox: { landlock: { read: [/] } }
              rights:
                command: ["true"]
                user: nobody
                no_new_privs: false
                sandbox: { landlock: { execute: [/usr] } }
            """;

    @ParameterizedTest
    @EnumSource(
            value = As.class,
            names = {"CURRENT", "PLAIN_USER"})
    void aStartThatCannotBeIsRefusedWithItsLine(As as) {
        String denied = REFUSED.substring(0, REFUSED.indexOf("  nothing:"));
        try (OstlerProject project = OstlerProject.create(as, "")) {
            String here = project.directory().toString();
            project.file("ostler.yaml", denied.replace("HERE", here));

            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err().lines())
                    .contains(
                            "cannot start \"missing\": openat \"" + here + "/no/such/path\": ENOENT (No such file or"
                                    + " directory) at ostler.yaml:10:13 (services.missing.sandbox.landlock.read[1])",
                            "cannot start \"denied\": execve \"/usr/bin/perl\": EACCES (Permission denied); landlock"
                                    + " allows only what is below its execute paths: the program, its interpreter and its"
                                    + " loader at ostler.yaml:12:14 (services.denied.command)");
        }
    }

    @Test
    void aPlanThatCannotBeIsRefusedBeforeAnythingRuns() {
        As.needRoot("CAP_SETUID");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, REFUSED.replace("HERE", ""))) {
            Result plan = project.run("plan");

            assertThat(plan.exitCode()).isEqualTo(1);
            assertThat(plan.err().lines())
                    .contains(
                            "ostler.yaml:16:26 (services.nothing.sandbox.landlock): landlock lets \"nothing\" execute"
                                    + " nothing, not even its own program: list that, its interpreter and its loader under"
                                    + " execute",
                            "ostler.yaml:20:19 (services.rights.no_new_privs): cannot restrict \"rights\" by landlock:"
                                    + " needs no_new_privs or CAP_SYS_ADMIN");
        }
    }

    private static final String JVM = """
            services:
              jvm:
                command: [%1$s/bin/java, -cp, classes, -Djava.io.tmpdir=HERE/tmp, Ask]
                sandbox:
                  landlock:
                    execute: [/usr, %1$s]
                    read: [/etc, /proc, /sys, /dev/urandom, HERE/classes]
                    write: [HERE/tmp, /dev/null]
                    tcp: { bind: [0] }
                    scope: [abstract_unix_socket, signal]
            """;

    private static final String ASK = """
            import java.net.InetAddress;
            import java.net.ServerSocket;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.security.SecureRandom;

            public class Ask {
                public static void main(String[] args) throws Exception {
                    Files.writeString(Files.createTempFile("ask", ".txt"), "" + new SecureRandom().nextInt());
                    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                        System.out.println("java " + Runtime.version().feature());
                    }
                    System.out.println("child " + new ProcessBuilder("/usr/bin/true").start().waitFor());
                    try {
                        Files.readString(Path.of("secret"));
                        System.out.println("read");
                    } catch (java.nio.file.AccessDeniedException e) {
                        System.out.println("denied " + e.getMessage());
                    }
                    Thread.sleep(1_000_000);
                }
            }
            """;

    static List<Jdk> jdks() {
        return Jdk.all();
    }

    @ParameterizedTest
    @MethodSource("jdks")
    void aJvmStartsWithWhatTheReferenceSaysItNeeds(Jdk jdk) throws Exception {
        Path home = jdk.home().toRealPath();
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, "")) {
            String here = project.directory().toString();
            project.file("ostler.yaml", JVM.formatted(home).replace("HERE", here))
                    .file("secret", "x")
                    .file("Ask.java", ASK);
            project.shell("mkdir tmp").ok();
            int compiled = ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "--release", "17", "-d", here + "/classes", here + "/Ask.java");
            assertThat(compiled).isZero();

            project.run("up", "-d").ok();
            Eventually.until("the JVM has asked", () -> project.log("jvm").contains("stdout F:1 denied secret"));

            assertThat(said(project, "jvm")).containsExactly("java " + jdk.version(), "child 0", "denied secret");
        }
    }

    /** A directory for each service with what {@code ask.pl} looks for. */
    private static void prepare(OstlerProject project, String yaml, String... services) throws Exception {
        try (InputStream script = LandlockIT.class.getResourceAsStream("/it/ask.pl")) {
            project.file("ask.pl", new String(script.readAllBytes(), StandardCharsets.UTF_8));
        }
        String here = project.directory().toString();
        project.file("ostler.yaml", yaml.replace("HERE", here)).file("main.c", "int main(void) { return 0; }\n");
        for (String service : services) {
            String setUp = """
                    set -e
                    mkdir -p %1$s/listed %1$s/other %1$s/writable %1$s/both
                    cd %1$s
                    echo text >listed/file; echo text >listed/spare; echo text >other/file; echo text >one-file
                    cp /bin/true other/true
                    cp /bin/sh other/sh
                    cp /bin/true both/program
                    printf '#!%%s\\nexit 0\\n' "$PWD/other/sh" >both/script
                    chmod +x both/script
                    loader=$(ldd /bin/true | sed -n 's|^\\s*\\(/\\S*ld-\\S*\\) .*|\\1|p')
                    cp "$loader" other/loader
                    gcc "-Wl,--dynamic-linker=$PWD/other/loader" -o both/binary ../main.c
                    """.formatted(service);
            project.shell(setUp).ok();
        }
    }

    /** The lines of {@code ask.pl}: what was tried, and what came of it. */
    private static Map<String, String> answers(OstlerProject project, String service) {
        Eventually.until(service + " has asked all", () -> project.log(service).contains("stdout F:1 done"));
        Map<String, String> answers = new LinkedHashMap<>();
        for (String line : said(project, service)) {
            int space = line.lastIndexOf(' ');
            if (space > 0) {
                answers.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        return answers;
    }

    /** What a service wrote to its standard output and standard error. */
    private static List<String> said(OstlerProject project, String service) {
        return project.log(service).stream()
                .filter(line -> line.startsWith("std"))
                .map(line -> line.substring(line.indexOf(' ', line.indexOf(' ') + 1) + 1))
                .toList();
    }

    private static ServerSocket listening() throws IOException {
        return new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    private static int[] freePorts() throws IOException {
        try (ServerSocket first = listening();
                ServerSocket second = listening()) {
            return Stream.of(first, second).mapToInt(ServerSocket::getLocalPort).toArray();
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Filters of system calls, asked from inside: a program makes each call and says what became of it. */
class SeccompIT {
    private static final Path PROBE = Path.of("../launcher-native/build/syscall-probe");
    private static final String X86_64_ALONE = "modify_ldt set_thread_area x32_getpid int80_getpid";

    /**
     * Each call of the probe, and what becomes of it under the shipped profiles: an errno (1 EPERM, 38 ENOSYS), a signal (31
     * SIGSYS), ok, or {@code =}: whatever it is without a filter.
     */
    private static final String TABLE = """
            modify_ldt            1          1          1
            set_thread_area       1          1          1
            x32_getpid            signal_31  signal_31  signal_31
            remap_file_pages      1          1          1
            kcmp                  1          1          1
            process_vm_readv      1          1          1
            process_vm_writev     1          1          1
            open_by_handle_at     1          1          1
            fanotify_init         1          1          1
            fcntl_notify          ok         1          ok
            clone_newuser         1          1          1
            clone_newns           1          1          1
            clone_plain           ok         ok         ok
            unshare_newuser       1          1          1
            unshare_files         ok         ok         ok
            setns                 1          1          1
            clone3                38         38         38
            io_uring_setup        1          1          1
            mount                 1          1          1
            fsopen                1          1          1
            open_tree             1          1          1
            move_mount            1          1          1
            mount_setattr         1          1          1
            bpf                   1          1          1
            keyctl                =          1          1
            userfaultfd           =          1          1
            number_400            38         38         38
            number_1000           38         38         38
            getpid                ok         ok         ok
            personality_get       ok         ok         1
            personality_bsd       ok         1          1
            ioctl_tiocsti         =          1          1
            ioctl_tiocsti_high    =          1          1
            ioctl_fionread_high   ok         ok         ok
            socket_unix           ok         ok         ok
            socket_inet           ok         ok         ok
            socket_inet6          =          =          =
            socket_inet_raw       =          1          =
            socket_route          ok         ok         ok
            socket_audit          =          1          1
            socket_packet         =          1          1
            socket_packet_high    =          1          1
            socket_vsock          =          1          1
            socket_alg            =          1          1
            ptrace_suspend        1          1          1
            pthread_create        ok         ok         ok
            """;

    private static OstlerProject probing(As as, String... services) throws IOException {
        StringBuilder yaml = new StringBuilder("services:\n");
        for (String service : services) {
            yaml.append("  ").append(service).append("\n");
        }
        OstlerProject project = OstlerProject.create(as, yaml.toString());
        Path copy = Files.copy(PROBE, project.directory().resolve("syscall-probe"));
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("rwxr-xr-x"));
        return project;
    }

    /** A service that runs the probe once; what stands in {@code keys} comes first. */
    private static String service(String name, String keys, String calls) {
        return name + ": { " + keys + (keys.isEmpty() ? "" : ", ")
                + "restart: 'no', command: [sh, -c, './syscall-probe " + calls + "; echo end; exec sleep 1000'] }";
    }

    private static Map<String, String> results(OstlerProject project, String service) {
        Eventually.until(
                "the probe of " + service + " has ended",
                () -> project.log(service).stream().anyMatch(line -> line.endsWith(" end")));
        Map<String, String> results = new TreeMap<>();
        for (String line : project.log(service)) {
            String[] words = line.split(" ", 4);
            if (words.length == 4 && words[0].equals("stdout")) {
                results.put(words[2], words[3].replace(' ', '_'));
            }
        }
        return results;
    }

    private static Map<String, String> table(int column, Map<String, String> free) {
        Map<String, String> rows = new TreeMap<>();
        TABLE.lines().map(line -> line.strip().split(" +")).forEach(row -> {
            if (free.containsKey(row[0])) {
                rows.put(row[0], row[column].equals("=") ? free.get(row[0]) : row[column]);
            }
        });
        return rows;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void eachCallIsAnsweredAsTheProfileSays(As as) throws IOException {
        try (OstlerProject project = probing(
                as,
                service("free", "", "all"),
                service("default", "extends: seccomp-default", "all"),
                service("strict", "extends: seccomp-strict", "all"),
                service("jvm", "extends: seccomp-jvm", "all"))) {
            project.run("up", "-d").ok();

            Map<String, String> free = results(project, "free");
            Map<String, String> byDefault = results(project, "default");
            Map<String, String> strict = results(project, "strict");
            Map<String, String> jvm = results(project, "jvm");

            // a kernel without 32-bit programs has its own signal for them
            String int80 = "ok".equals(free.get("int80_getpid")) ? "signal_31" : free.get("int80_getpid");
            assertThat(byDefault.remove("int80_getpid")).isEqualTo(int80);
            assertThat(strict.remove("int80_getpid")).isEqualTo(int80);
            assertThat(jvm.remove("int80_getpid")).isEqualTo(int80);
            assertThat(byDefault).isEqualTo(table(1, free)).hasSizeGreaterThan(40);
            assertThat(strict).isEqualTo(table(2, free));
            assertThat(jvm).isEqualTo(table(3, free));
            if (as == As.CURRENT && As.isRoot()) { // else the kernel itself refuses some of them with the same errno
                Map<String, String> deniedAnyway = new LinkedHashMap<>(free);
                deniedAnyway.values().removeIf(result -> !result.equals("1"));
                assertThat(deniedAnyway).as("denied without a filter").isEmpty();
            }
        }
    }

    @Test
    void theTableHasEveryCallOfTheProbe() throws IOException {
        try (OstlerProject project = probing(As.CURRENT, service("free", "", "all"))) {
            project.run("up", "-d").ok();

            assertThat(results(project, "free").keySet())
                    .allMatch(call ->
                            X86_64_ALONE.contains(call) || TABLE.lines().anyMatch(line -> line.startsWith(call + " ")));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void eachActionIsWhatItSays(As as) throws IOException {
        String deny = "sandbox: { seccomp: { deny: [kcmp], default: ACTION } }";
        try (OstlerProject project = probing(
                as,
                service("errno", deny.replace("ACTION", "errno"), "kcmp getpid"),
                service("eacces", deny.replace("ACTION", "EACCES"), "kcmp getpid"),
                service("killed", deny.replace("ACTION", "kill"), "kcmp getpid"),
                service("thread", deny.replace("ACTION", "kill_thread"), "kcmp getpid"),
                service("trapped", deny.replace("ACTION", "trap"), "kcmp getpid"),
                service("logged", deny.replace("ACTION", "log"), "kcmp getpid"),
                service(
                        "mixed",
                        "sandbox: { seccomp: { deny: [ { call: kcmp, action: trap }, { call: setns, action: EINVAL }, mount"
                                + " ], default: EACCES } }",
                        "kcmp setns mount getpid"))) {
            project.run("up", "-d").ok();

            assertThat(results(project, "errno")).containsEntry("kcmp", "1").containsEntry("getpid", "ok");
            assertThat(results(project, "eacces")).containsEntry("kcmp", "13").containsEntry("getpid", "ok");
            assertThat(results(project, "killed"))
                    .containsEntry("kcmp", "signal_31")
                    .containsEntry("getpid", "ok");
            assertThat(results(project, "thread"))
                    .containsEntry("kcmp", "signal_31")
                    .containsEntry("getpid", "ok");
            assertThat(results(project, "trapped"))
                    .containsEntry("kcmp", "signal_31")
                    .containsEntry("getpid", "ok");
            assertThat(results(project, "logged")).containsEntry("kcmp", "ok").containsEntry("getpid", "ok");
            assertThat(results(project, "mixed"))
                    .containsEntry("kcmp", "signal_31")
                    .containsEntry("setns", "22")
                    .containsEntry("mount", "13")
                    .containsEntry("getpid", "ok");
        }
    }

    /** C5: the kernel takes 32 bits of a domain, so bits above them must not lead around the filter. */
    @Test
    void bitsThatTheKernelIgnoresDoNotDeceive() throws IOException {
        As.needRoot("CAP_NET_RAW for packet sockets");
        String packet = "{ call: socket, args: [ { index: 0, op: eq, value: AF_PACKET } ] }";
        String calls = "socket_packet socket_packet_high socket_unix";
        try (OstlerProject project = probing(
                As.CURRENT,
                service("free", "", calls),
                service("denied", "sandbox: { seccomp: { deny: [" + packet + "] } }", calls),
                service("allowed", "sandbox: { seccomp: { allow: ['@known'], deny: ['@network-io'] } }", calls))) {
            project.run("up", "-d").ok();

            assertThat(results(project, "free").values()).containsOnly("ok");
            assertThat(results(project, "denied"))
                    .containsEntry("socket_packet", "1")
                    .containsEntry("socket_packet_high", "1")
                    .containsEntry("socket_unix", "ok");
            assertThat(results(project, "allowed").values()).containsOnly("1");
        }
    }

    /** C29: who runs under a filter cannot switch the filters of others off, even as root and with ptrace. */
    @Test
    void aTracerCannotSuspendFilters() throws IOException {
        As.needRoot("CAP_SYS_ADMIN, without which it is refused anyway");
        try (OstlerProject project = probing(
                As.CURRENT,
                service("free", "", "ptrace_suspend"),
                service(
                        "filtered",
                        "sandbox: { seccomp: { allow: ['@system-service', ptrace] } }",
                        "ptrace_suspend kcmp"))) {
            project.run("up", "-d").ok();

            assertThat(results(project, "free")).containsEntry("ptrace_suspend", "ok");
            assertThat(results(project, "filtered"))
                    .containsEntry("ptrace_suspend", "1")
                    .containsEntry("kcmp", "1");
        }
    }

    private static final String JVM = """
            import com.sun.net.httpserver.HttpServer;
            import java.net.InetAddress;
            import java.net.InetSocketAddress;
            import java.net.NetworkInterface;
            import java.net.URI;
            import java.net.URL;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.concurrent.Executors;

            public class Works {
                public static void main(String[] args) throws Exception {
                    HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
                    server.setExecutor(Executors.newFixedThreadPool(4));
                    server.createContext("/", exchange -> {
                        exchange.sendResponseHeaders(200, 5);
                        exchange.getResponseBody().write("hello".getBytes());
                        exchange.close();
                    });
                    server.start();
                    URL url = URI.create("http://127.0.0.1:" + server.getAddress().getPort()).toURL();
                    String answer = new String(url.openStream().readAllBytes());
                    Path file = Files.createTempFile("works", ".txt");
                    Files.writeString(file, answer);
                    Files.delete(file);
                    NetworkInterface.getNetworkInterfaces();
                    InetAddress.getAllByName("localhost");
                    Process child = new ProcessBuilder("echo", "child").inheritIO().start();
                    child.waitFor();
                    for (int i = 0; i < 200; i++) {
                        byte[] garbage = new byte[1 << 20];
                    }
                    System.gc();
                    System.out.println("works " + answer + " " + child.exitValue());
                    Thread.sleep(1_000_000);
                }
            }
            """;

    /** J12 and C27: threads are made without clone3. */
    @ParameterizedTest
    @MethodSource("dev.ostler.it.Jdk#all")
    void aJvmWorksUnderTheShippedProfiles(Jdk jdk) {
        String java = "command: [" + jdk.home() + "/bin/java, Works.java] }\n";
        try (OstlerProject project = OstlerProject.create(
                As.PLAIN_USER,
                jdk,
                "services:\n  default: { extends: [jvm-service, seccomp-default], " + java
                        + "  strict: { extends: [jvm-service, seccomp-strict], " + java)) {
            project.file("Works.java", JVM).run("up", "-d").ok();

            for (String service : List.of("default", "strict")) {
                Eventually.until(
                        service + " works",
                        () -> project.log(service).stream().anyMatch(line -> line.endsWith(" works hello 0")));
                assertFilteredInEveryThread(project.pid(service));
                assertThat(project.run("audit", service).ok().out())
                        .containsPattern(
                                "(?m)^  seccomp +1 filter +1 filter in \\d\\d+ threads +\\S*seccomp-" + service);
            }
        }
    }

    /** P18. */
    private static void assertFilteredInEveryThread(long pid) {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            for (Path thread : threads.toList()) {
                assertThat(Files.readString(thread.resolve("status")))
                        .contains("NoNewPrivs:\t1\n", "Seccomp:\t2\n", "Seccomp_filters:\t1\n");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void withoutNoNewPrivsTheRightIsGivenUpAfterTheFilter() throws IOException {
        As.needRoot("CAP_SYS_ADMIN, CAP_SETUID");
        String keys = "no_new_privs: false, user: nobody, capabilities: { keep: [] }, sandbox: { seccomp: { allow:"
                + " ['@system-service'] } }";
        try (OstlerProject project = probing(As.CURRENT, service("a", keys, "kcmp getpid"))) {
            project.run("up", "-d").ok();

            assertThat(results(project, "a")).containsEntry("kcmp", "1").containsEntry("getpid", "ok");
            assertThat(Files.readString(Path.of("/proc/" + project.pid("a") + "/status")))
                    .contains("NoNewPrivs:\t0\n", "Seccomp:\t2\n", "CapPrm:\t0000000000000000\n")
                    .contains("CapEff:\t0000000000000000\n");
            project.run("audit", "a").ok();
        }
    }

    @Test
    void withoutNoNewPrivsAndTheRightTheLineIsNamed() throws IOException {
        String keys = "no_new_privs: false, sandbox: { seccomp: { allow: ['@system-service'] } }";
        try (OstlerProject project = probing(As.PLAIN_USER, service("a", keys, "getpid"))) {
            Result plan = project.run("plan");

            assertThat(plan.exitCode()).isEqualTo(1);
            assertThat(plan.err())
                    .contains("ostler.yaml:2:")
                    .containsPattern(
                            "\\(services.a.sandbox.seccomp\\): cannot filter the system calls of \"a\": without"
                                    + " no_new_privs it needs CAP_SYS_ADMIN, this supervisor runs as uid \\d+ without it");
        }
    }

    @Test
    void aWrongNameIsAnErrorWithItsLine() throws IOException {
        try (OstlerProject project = probing(
                As.PLAIN_USER, service("a", "sandbox: { seccomp: { allow: ['@default', opnat] } }", "getpid"))) {
            Result check = project.run("check");

            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err())
                    .isEqualTo(
                            "ostler.yaml:2:50 (services.a.sandbox.seccomp.allow[1]): unknown system call \"opnat\", did"
                                    + " you mean \"openat\"?\n");
        }
    }

    @Test
    void thePlanShowsCounts() throws IOException {
        try (OstlerProject project = probing(As.PLAIN_USER, service("a", "extends: seccomp-default", "getpid"))) {
            assertThat(project.run("plan").ok().out())
                    .containsPattern("(?m)^41 SECCOMP \\d+ calls allowed, 2 by their arguments, 1 ENOSYS, \\d+ EPERM;"
                            + " unknown calls ENOSYS; \\d+ instructions ");
        }
    }

    /** What is missing is told although looking for it would have brought a signal. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aFilterThatKillsDoesNotKillTheLauncher(As as) {
        String filter = "sandbox: { seccomp: { allow: [execve], default: kill } }, restart: 'no' }\n";
        try (OstlerProject project = OstlerProject.create(
                as,
                "services:\n  gone: { command: [./gone], " + filter + "  script: { command: [./script], " + filter)) {
            project.file("script", "#!/no/such/interpreter\n");

            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            String here = project.directory().toString();
            assertThat(up.err())
                    .contains("cannot start \"gone\": execve \"" + here + "/gone\": ENOENT")
                    .contains("cannot start \"script\": execve \"" + here + "/script\": ENOENT");
        }
    }

    @Test
    void withoutTheLibraryTheLineIsNamedAndNothingElseNeedsIt() throws IOException {
        As.needRoot("CAP_SYS_ADMIN, to hide the library");
        String hide = "unshare --mount sh -c 'for f in $(ldconfig -p | sed -n \"s/.*libseccomp.so.2.* => //p\"); do"
                + " mount --bind /dev/null $(readlink -f $f); done; exec \"$@\"' sh ";
        String keys = "sandbox: { seccomp: { allow: ['@known'], if_unsupported: CHOICE } }";
        try (OstlerProject project = probing(As.CURRENT, service("a", keys.replace("CHOICE", "fail"), "getpid"))) {
            Result plan = project.shell(hide + project.binary() + " plan");

            assertThat(plan.exitCode()).isEqualTo(1);
            assertThat(plan.err())
                    .contains(
                            "(services.a.sandbox.seccomp): cannot filter the system calls of \"a\": libseccomp.so.2 is"
                                    + " not installed (package libseccomp2 or libseccomp)");
        }
        try (OstlerProject project = probing(
                As.CURRENT, service("a", keys.replace("CHOICE", "warn"), "getpid"), service("b", "", "getpid"))) {
            Result plan = project.shell(hide + project.binary() + " plan");

            assertThat(plan.exitCode()).as(plan.toString()).isZero();
            assertThat(plan.out()).doesNotContain("SECCOMP");
            assertThat(plan.out() + plan.err()).contains("libseccomp.so.2 is not installed");
        }
    }
}

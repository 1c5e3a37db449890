package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a program inside of the shipped profiles tries, and what becomes of it. */
class ProbesIT {
    /** With their own keys: whether they have mounts decides where the program is. */
    private static final Map<String, String> PROFILES = Map.of(
            "none", "",
            "seccomp-default", "",
            "seccomp-strict", "",
            "network-service", "sandbox: { +mounts: DATA }",
            "build-job", "sandbox: { +mounts: DATA }",
            "strict", "sandbox: { +mounts: DATA }");

    private static final List<String> WITHOUT_MOUNTS = List.of("none", "seccomp-default", "seccomp-strict");

    /** The columns of {@link #TABLE}. */
    private static final List<String> COLUMNS =
            List.of("strict", "network-service", "build-job", "seccomp-strict", "seccomp-default");

    /**
     * What each answers: a pattern; {@code =}, whatever it is without a sandbox; {@code *}, anything, since it depends on
     * who runs the test. Blanks of an answer are underscores.
     */
    private static final String TABLE = """
            P1.descriptors               0,1,2           0,1,2         0,1,2         0,1,2           0,1,2
            P2.tiocsti                   EPERM           ENOTTY        ENOTTY        EPERM           =
            C5.tiocsti_high_bits         EPERM           ENOTTY        ENOTTY        EPERM           =
            P2.controlling_terminal      ENXIO|ENOENT    ENXIO         ENXIO         *               *
            P3.tioclinux                 EPERM           ENOTTY        ENOTTY        EPERM           =
            P8.directories               none            none          none          none            none
            P39.callers_variables        none            none          none          none            none
            P5.root_of_init              EACCES          EACCES        EACCES        =               =
            P5.root_of_outside           ENOENT          ENOENT        ENOENT        =               =
            P5.descriptors_of_outside    ENOENT          ENOENT        ENOENT        =               =
            P5.environment_of_outside    ENOENT          ENOENT        ENOENT        =               =
            P5.program_of_outside        ENOENT          ENOENT        ENOENT        =               =
            P5.file_of_host              ENOENT          ok            ok            ok              ok
            P6.write_program_of_init     EACCES          EACCES        EACCES        *               *
            P6.write_program_of_outside  ENOENT          ENOENT        ENOENT        *               *
            P7.chroot_escape             EPERM           EPERM         EPERM         EPERM           EPERM
            P11.mount_tmpfs              EPERM           EPERM         EPERM         EPERM           EPERM
            P11.umount                   EPERM           EPERM         EPERM         EPERM           EPERM
            P11.fsopen                   EPERM           EPERM         EPERM         EPERM           EPERM
            P11.open_tree_clone          EPERM           EPERM         EPERM         EPERM           EPERM
            P11.move_mount               EPERM           EPERM         EPERM         EPERM           EPERM
            P11.pivot_root               EPERM           EPERM         EPERM         EPERM           EPERM
            P11.clear_read_only          EPERM           EPERM         EPERM         EPERM           EPERM
            P11.remount                  EPERM           EPERM         EPERM         EPERM           EPERM
            P12.write_read_only          EROFS           EROFS         EROFS         =               =
            C19.make_cgroup              ENOENT          E\\w+         E\\w+         *               *
            P10.unshare_user             EPERM           EPERM         EPERM         EPERM           EPERM
            P10.clone_user               EPERM           EPERM         EPERM         EPERM           EPERM
            P10.clone_mount              EPERM           EPERM         EPERM         EPERM           EPERM
            P10.clone3_user              ENOSYS          ENOSYS        ENOSYS        ENOSYS          ENOSYS
            P10.setns_own                EPERM           EPERM         EPERM         EPERM           EPERM
            C27.clone3                   ENOSYS          ENOSYS        ENOSYS        ENOSYS          ENOSYS
            P16.set_user_id_program      no_gain         no_gain       no_gain       no_gain         no_gain
            P16.file_capabilities        no_gain|EPERM   no_gain|EPERM no_gain|EPERM no_gain         no_gain
            C35.make_set_user_id         *               *             *             *               *
            P17.setuid_0                 EINVAL          EINVAL|is_0.* EINVAL|is_0.* EPERM|is_0.*    EPERM|is_0.*
            P17.setgroups                EPERM           EPERM         EPERM         =               =
            P17.add_capabilities         EPERM           EPERM         EPERM         EPERM           EPERM
            P17.raise_ambient            EPERM           EPERM         EPERM         =               =
            P17.securebits               EPERM           EPERM         EPERM         =               =
            P17.clear_no_new_privs       EINVAL          EINVAL        EINVAL        EINVAL          EINVAL
            P18.user                     not_0           *             *             *               *
            P18.groups                   0_supplementary *             *             *               *
            P18.effective                0+              0+            0+            =               =
            P18.permitted                0+              0+            0+            =               =
            C18.inheritable              0+              0+            0+            0+              0+
            P18.ambient                  0+              0+            0+            0+              0+
            P18.bounding                 0+              0+            0+            =               =
            P18.no_new_privs             1               1             1             1               1
            P18.seccomp_mode             2               2             2             2               2
            P18.seccomp_filters          1               1             1             1|2             1|2
            P18.threads                  4_alike         4_alike       4_alike       4_alike         4_alike
            P19.x32                      signal_31       signal_31     signal_31     signal_31       signal_31
            P19.personality_32           EPERM           =             =             EPERM           =
            P20.number_1000              ENOSYS          ENOSYS        ENOSYS        ENOSYS          ENOSYS
            P20.pthread_create           ok              ok            ok            ok              ok
            C28.number_0x3fffffff        ENOSYS          ENOSYS        ENOSYS        ENOSYS          ENOSYS
            P21.io_uring_setup           EPERM           EPERM         EPERM         EPERM           EPERM
            C26.io_uring_enter           EPERM           EPERM         EPERM         EPERM           EPERM
            C26.io_uring_register        EPERM           EPERM         EPERM         EPERM           EPERM
            C29.ptrace_suspend_seccomp   EPERM           EPERM         EPERM         EPERM           EPERM
            P32.user_keyring             EPERM           =             =             EPERM           =
            P27.mmap_write_exec          =               =             =             =               =
            P27.mprotect_exec            =               =             =             =               =
            P27.pkey_mprotect_exec       *               *             *             *               *
            P27.memfd_map_exec           =               =             =             =               =
            P27.memfd_execveat           =               =             =             =               =
            P27.shmat_exec               =               =             =             =               =
            P27.read_implies_exec        EPERM           =             =             EPERM           =
            P22.packet                   EPERM           E\\w+         E\\w+         EPERM           =
            C5.packet_high_bits          EPERM           E\\w+         E\\w+         EPERM           =
            P22.netlink_route            ok              ok            ok            ok              ok
            P22.netlink_audit            EPERM           =             =             EPERM           =
            P22.vsock                    EPERM           =             =             EPERM           =
            P22.alg                      EPERM           =             =             EPERM           =
            P22.raw                      EPERM           EPERM         EPERM         EPERM           =
            P23.tcp_of_host              ENETUNREACH     ok            ok            ok              ok
            P23.abstract_socket          ECONNREFUSED    ok            ok            ok              ok
            P23.unix_socket              ENOENT          ENOENT        ok            ok              ok
            P25.kill_outside             ESRCH           ESRCH         ESRCH         =               =
            P25.ptrace_outside           EPERM           EPERM         EPERM         EPERM           EPERM
            P25.process_vm_readv_outside EPERM           EPERM         EPERM         EPERM           EPERM
            P25.pidfd_getfd_outside      ESRCH|EPERM     ESRCH|EPERM   ESRCH|EPERM   EPERM           EPERM
            P25.kcmp_outside             EPERM           EPERM         EPERM         EPERM           EPERM
            P25.ptrace_init              EPERM           EPERM         EPERM         EPERM           EPERM
            P25.kill_all                 *               *             *             *               *
            P33.all_cpus                 no_more.*       no_more.*     no_more.*     no_more.*       no_more.*
            P33.sched_fifo               EPERM           EPERM         EPERM         =               =
            P33.migrate_pages_outside    EPERM           E\\w+         E\\w+         EPERM           *
            P37.monotonic                forward         forward       forward       forward         forward
            P28.fill                     ENOSPC_after_6[34] all_70_MiB all_70_MiB    *               *
            P40.landlock_layers          *               *             *             *               *
            """;

    private static SandboxProbe probe(As as) {
        SandboxProbe probe = new SandboxProbe(as, PROFILES);
        probe.project().env("LD_LIBRARY_PATH", "/nonexistent").env("SECRET_OF_CALLER", "secret");
        return probe;
    }

    private static Map<String, String> answers(SandboxProbe probe, String profile) {
        Map<String, String> answers = new TreeMap<>();
        probe.answers(profile, !WITHOUT_MOUNTS.contains(profile))
                .forEach((name, answer) -> answers.put(name, answer.replace(' ', '_')));
        return answers;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void eachProfileAnswersAsTheTableSays(As as) throws Exception {
        try (SandboxProbe probe = probe(as);
                ServerSocket tcp = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ServerSocketChannel unix = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            surround(probe, as, tcp, unix);

            Map<String, String> free = answers(probe, "none");

            assertThat(free)
                    .as("without a sandbox")
                    .hasSizeGreaterThan(80)
                    .containsEntry("P23.tcp_of_host", "ok")
                    .containsEntry("P23.abstract_socket", "ok")
                    .containsEntry("P23.unix_socket", "ok")
                    .containsEntry("P25.kill_outside", "ok")
                    .containsEntry("P5.file_of_host", "ok")
                    .containsEntry("P20.pthread_create", "ok");
            for (String profile : COLUMNS) {
                compare(profile, answers(probe, profile), free);
            }
        }
    }

    /** What there is to reach, and what there is to become. */
    private static void surround(SandboxProbe probe, As as, ServerSocket tcp, ServerSocketChannel unix)
            throws Exception {
        OstlerProject project = probe.project();
        Path socket = project.directory().resolve("data/socket");
        unix.bind(UnixDomainSocketAddress.of(socket));
        chmod("0777", socket);
        String name = project.directory().getFileName().toString();
        project.startAs(as, List.of(probe.copy("outside").toString(), "listen", name), "listener");
        Eventually.until("it listens", () -> project.text("listener.out").contains("listening"));

        probe.give(
                "outside",
                project.startAs(as, List.of("sleep", "1000"), "outside").pid());
        probe.give("secret", "/etc/passwd");
        probe.give("readonly", "/");
        probe.give("scratch", "/tmp");
        probe.give("mib", 70);
        probe.give("tcp", tcp.getLocalPort());
        probe.give("abstract", name);
        probe.give("unix", socket);
        if (As.isRoot()) {
            chmod("4755", probe.copy("setuid"));
            probe.give("setuid", "DATA/setuid");
            Path capable = probe.copy("capable");
            project.startAs(
                            As.CURRENT,
                            List.of(capable.resolveSibling("probe").toString(), "capable", capable.toString()),
                            "capable")
                    .waitFor();
            assertThat(project.text("capable.err")).isEmpty();
            probe.give("caps", "DATA/capable");
        }
    }

    private static void chmod(String mode, Path file) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("chmod", mode, file.toString()).start().waitFor())
                .isZero();
    }

    private static void compare(String profile, Map<String, String> answers, Map<String, String> free) {
        SoftAssertions softly = new SoftAssertions();
        // a kernel without 32-bit programs has its own signal for them
        String int80 = free.getOrDefault("P19.int80", "");
        softly.assertThat(answers.getOrDefault("P19.int80", ""))
                .as("P19.int80")
                .isEqualTo(int80.equals("ok") ? "signal_31" : int80);
        TABLE.lines()
                .map(line -> line.strip().split(" +"))
                .filter(row -> free.containsKey(row[0]))
                .forEach(row -> {
                    String wanted = row[1 + COLUMNS.indexOf(profile)];
                    String answer = answers.get(row[0]);
                    softly.assertThat(answer)
                            .as(profile + " " + row[0] + ", which is " + free.get(row[0]) + " without")
                            .isNotNull();
                    if (wanted.equals("=")) {
                        softly.assertThat(answer).as(profile + " " + row[0]).isEqualTo(free.get(row[0]));
                    } else if (!wanted.equals("*")) {
                        softly.assertThat(answer).as(profile + " " + row[0]).matches(wanted);
                    }
                });
        softly.assertThat(answers.keySet()).allMatch(name -> name.equals("P19.int80") || TABLE.contains(name + " "));
        softly.assertAll();
    }

    /** P27: what the kernel's W^X leaves open, a filter closes. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p27_nothingThatWasWrittenIsExecuted(As as) {
        String keys = "memory_deny_write_execute: true, sandbox: { seccomp: { deny: [memfd_create, personality] } }";
        try (SandboxProbe probe = new SandboxProbe(as, Map.of("default", keys, "none", ""))) {
            assertThat(probe.answers("none", false, "P27.").values()).containsOnly("ok");
            assertThat(probe.answers("default", false, "P27."))
                    .hasSize(7)
                    .containsEntry("P27.mmap_write_exec", "EACCES")
                    .containsEntry("P27.mprotect_exec", "EACCES")
                    .containsEntry("P27.pkey_mprotect_exec", "EACCES")
                    .containsEntry("P27.memfd_map_exec", "EPERM")
                    .containsEntry("P27.memfd_execveat", "EPERM")
                    .containsEntry("P27.shmat_exec", "EACCES")
                    .containsEntry("P27.read_implies_exec", "EPERM");
        }
    }

    /** P28: a table of descriptors that is full, and a file system that is. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p28_descriptorsAndFilesEndAtTheirLimits(As as) {
        String keys = "ulimits: { nofile: 1000 }, sandbox: { namespaces: [mount], mounts: [ { tmpfs: /tmp, size: 5m },"
                + " { bind: data, to: /tmp/data } ] }";
        try (SandboxProbe probe = new SandboxProbe(as, Map.of("default", keys))) {
            probe.give("files", 100_000);
            probe.give("scratch", "/tmp");
            probe.give("mib", 100);

            assertThat(probe.answers("default", true, "P28."))
                    .containsEntry("P28.descriptors", "EMFILE after 997")
                    .extractingByKey("P28.fill")
                    .asString()
                    .matches("ENOSPC after [45]");
        }
    }
}

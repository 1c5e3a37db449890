package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
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
            "strict", "sandbox: { +mounts: DATA }",
            "container-default", "sandbox: { +mounts: DATA }",
            "jvm-service", "");

    private static final List<String> WITHOUT_MOUNTS =
            List.of("none", "seccomp-default", "seccomp-strict", "jvm-service");

    /** The columns of {@link #TABLE}. */
    private static final List<String> COLUMNS = List.of(
            "strict",
            "network-service",
            "build-job",
            "container-default",
            "seccomp-strict",
            "seccomp-default",
            "jvm-service");

    /**
     * What each answers: a pattern; {@code =}, whatever it is without a sandbox; {@code *}, anything, since it depends on
     * who runs the test. Blanks of an answer are underscores.
     */
    private static final Path TABLE = Path.of("src/test/resources/it/profile-answers.txt");

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

    private static void compare(String profile, Map<String, String> answers, Map<String, String> free)
            throws IOException {
        SoftAssertions softly = new SoftAssertions();
        // a kernel without 32-bit programs has its own signal for them
        String int80 = free.getOrDefault("P19.int80", "");
        softly.assertThat(answers.getOrDefault("P19.int80", ""))
                .as("P19.int80")
                .isEqualTo(int80.equals("ok") ? "signal_31" : int80);
        List<String> table = Files.readAllLines(TABLE);
        table.stream()
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
        softly.assertThat(answers.keySet())
                .allMatch(
                        name -> name.equals("P19.int80") || table.stream().anyMatch(row -> row.startsWith(name + " ")));
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

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.PlanDecoder;
import dev.ostler.plan.PlanDecoder.DecodedOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P29: the launcher dies, or the kernel refuses, before and after each op of a full plan: no program ever runs with less
 * than what was asked for, nothing is left behind, and the refusal names the line that asked for the op.
 */
class SandboxFaultsIT {
    private static final Path FAULTY = Path.of("../launcher-native/build/ostler-faults");
    private static final int EXIT_REFUSED = 127;
    private static final int EXIT_KILLED = 137;

    /** Only what this test starts has it among its arguments. */
    private final String mark = "mark-" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);

    private String yaml(As as) {
        String root = as.hasRoot() ? """
                    nice: 1
                    oom_score_adj: 100
                    user: "54321:54321"
                    securebits: [noroot]
                """ : "";
        return """
                services:
                  web:
                    command: [sh, -c, 'echo ran > /out/ran', %s]
                    working_dir: /
                    umask: "0027"
                    death_signal: KILL
                    cpu_affinity: 0
                    ulimits: { core: 0 }
                    capabilities: { keep: [] }
                    restart: "no"
                %s
                    sandbox:
                      namespaces: [pid, ipc, cgroup, time]
                      root: empty
                      read_only: true
                      network: loopback
                      hostname: inside
                      time: { boottime: 1h }
                      sysctls: { net.core.somaxconn: 100 }
                      mask: [/proc/kcore]
                      read_only_paths: [/proc/sys]
                      mounts:
                        - { bind: /usr, read_only: true }
                        - { symlink: /bin, to: usr/bin }
                        - { symlink: /lib, to: usr/lib }
                        - { symlink: /lib64, to: usr/lib64 }
                        - { proc: /proc }
                        - { dev: /dev }
                        - { tmpfs: /tmp }
                        - { directory: /run/web }
                        - { file: /etc/motd, content: hello }
                        - { bind: out, to: /out }
                """.formatted(mark, root);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void everyOpIsTheLast(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, yaml(as))) {
            Path launcher = faultyLauncher(project);
            List<DecodedOp> ops = plan(project);
            assertThat(ops).hasSizeGreaterThan(45);
            String mounts = hostMounts();

            for (int op = 0; op < ops.size(); op++) {
                // both stay as the parent in the same way: every op for one of them, some for the other
                for (String role : op % 8 == 0 ? List.of("exec", "init") : List.of("exec")) {
                    Result before = run(project, launcher, role, "before:" + op);
                    Result refused = run(project, launcher, role, "errno:" + op + ":13");

                    String what =
                            role + " at op " + op + ", " + ops.get(op).op().kind();
                    // a child that has died before its maps were written is one that they cannot be written for
                    assertThat(before.exitCode()).as(what).isIn(EXIT_KILLED, op == 0 ? EXIT_REFUSED : EXIT_KILLED);
                    assertThat(refused.exitCode()).as(what).isEqualTo(EXIT_REFUSED);
                    String message = "cannot start: fault \"OSTLER_FAULT\": EACCES (Permission denied) at "
                            + ops.get(op).origin() + "\n";
                    assertThat(refused.err()).as(what).startsWith(message);
                    if (op > 0) { // by a child that has refused its first op too early, the parent may be refused too
                        assertThat(refused.err()).as(what).isEqualTo(message);
                    }
                    if (op < ops.size() - 1) {
                        assertThat(run(project, launcher, role, "after:" + op).exitCode())
                                .as(what)
                                .isEqualTo(EXIT_KILLED);
                    }
                    assertThat(project.directory().resolve("out/ran")).as(what).doesNotExist();
                    assertThat(processes()).as(what).isEmpty();
                }
            }
            assertThat(hostMounts()).isEqualTo(mounts);
            assertThat(run(project, launcher, "exec", "before:" + ops.size()).exitCode())
                    .as("the plan as it is")
                    .isZero();
            assertThat(project.text("out/ran")).isEqualTo("ran\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void soItIsUnderASupervisor(As as) throws IOException {
        Path home = Files.createTempDirectory("ostler-it-faults-");
        Installation.copy(OstlerProject.builtHome(), home);
        Files.copy(FAULTY, home.resolve("bin/ostler"), StandardCopyOption.REPLACE_EXISTING);
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), yaml(as))) {
            directory(project, "out");
            List<DecodedOp> ops = plan(project);
            for (String kind : List.of("NAMESPACES", "FILESYSTEM", "PIVOT", "INIT", "CAPSET", "EXECVE")) {
                int op = indexOf(ops, kind);

                project.env("OSTLER_FAULT", "errno:" + op + ":13");
                Result up = project.run("up", "-d");

                assertThat(up.err().lines().filter(line -> line.startsWith("cannot start")))
                        .as(kind)
                        .singleElement()
                        .asString()
                        .startsWith("cannot start \"web\": fault \"OSTLER_FAULT\": EACCES (")
                        .endsWith(" at " + ops.get(op).origin());
                project.run("down").ok();
                project.env("OSTLER_FAULT", "after:" + op);
                if (!kind.equals("EXECVE")) {
                    assertThat(project.run("up", "-d").err()).as(kind).contains("cannot start \"web\": ");
                    project.run("down").ok();
                }
                assertThat(processes()).as(kind).isEmpty();
                assertThat(project.directory().resolve("out/ran")).as(kind).doesNotExist();
            }
        } finally {
            Installation.delete(home);
        }
    }

    @Test
    void theShippedLauncherHasNoFaults() throws IOException {
        assertThat(text(FAULTY)).contains("OSTLER_FAULT");
        assertThat(text(OstlerProject.builtHome().resolve("bin/ostler"))).doesNotContain("OSTLER_FAULT");
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    }

    private static int indexOf(List<DecodedOp> ops, String kind) {
        for (int i = 0; i < ops.size(); i++) {
            if (ops.get(i).op().kind().name().equals(kind)) {
                return i;
            }
        }
        throw new AssertionError("the plan has no " + kind);
    }

    private static List<DecodedOp> plan(OstlerProject project) throws IOException {
        project.run("plan", "-f", "ostler.yaml", "-o", "app.plan", "web").ok();
        return PlanDecoder.decode(Files.readAllBytes(project.directory().resolve("app.plan")))
                .ops();
    }

    private Path faultyLauncher(OstlerProject project) throws IOException {
        directory(project, "out");
        return Files.copy(FAULTY, project.directory().resolve(mark)); // to be told from those of other tests
    }

    private static void directory(OstlerProject project, String name) {
        project.file(name + "/.keep", "");
        project.directory().resolve(name).toFile().setWritable(true, false);
    }

    private static Result run(OstlerProject project, Path launcher, String role, String fault) {
        return project.shell("OSTLER_FAULT=" + fault + " exec " + launcher + " " + role + " app.plan");
    }

    private static String hostMounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo"));
    }

    /** All that has the mark, or is a launcher of ours, but is no zombie: those are their parent's to reap. */
    private List<String> processes() {
        return OstlerProject.commandLinesWith(mark);
    }
}

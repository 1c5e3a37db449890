package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.OpKind;
import dev.ostler.plan.PlanDecoder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A launcher that is traced, killed, or whose program turns against it. */
class LauncherFaultsIT {
    private static final Path FAULTY = Path.of("../launcher-native/build/ostler-faults");
    private static final int STEPS_AT_MOST = 200;

    /** Only what this test starts has it among its arguments. */
    private final String mark = "mark-" + ThreadLocalRandom.current().nextLong(Long.MAX_VALUE);

    /** A program, and a daemon of it in a session of its own. */
    private String daemons(String more) {
        return """
                services:
                  app:
                    command: [sh, -c, '( setsid sh -c "sleep 1000; : %1$s" & ) ; echo up > up; sleep 1000; : %1$s']
                    restart: "no"
                %2$s
                """.formatted(mark, more);
    }

    private List<String> processes() {
        return OstlerProject.commandLinesWith(mark);
    }

    /**
     * C10, and of C3 the half that concerns the caller's own user: whoever starts a sandbox has all rights in it for a moment, and
     * none of his other processes may lay hands on the launcher then. Before the first op it only waits, with nothing to
     * take.
     */
    @Test
    void c3_c10_aLauncherCannotBeTracedAtAnyStep() throws IOException {
        String yaml = """
                services:
                  app:
                    command: ['true']
                    working_dir: /
                    umask: "0027"
                    sandbox:
                      namespaces: [user, mount, pid, ipc, uts]
                      hostname: inside
                      read_only: true
                      mounts: [ { proc: /proc }, { dev: /dev }, { tmpfs: /tmp } ]
                """;
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, yaml)) {
            CProgram.build(project, "attach");
            project.run("plan", "-o", "app.plan").ok();
            Files.copy(FAULTY, project.directory().resolve("launcher"), StandardCopyOption.REPLACE_EXISTING);
            int step = 1;
            for (boolean ended = false; !ended; step++) {
                assertThat(step).isLessThan(STEPS_AT_MOST);
                String name = "step" + step;
                project.env("OSTLER_FAULT", "stop:" + step);
                Process launcher = project.start(List.of("./launcher"), List.of("exec", "app.plan"), name);
                Eventually.until(
                        "it waits, or has ended",
                        () -> project.text(name + ".err").equals("stopped\n") || !launcher.isAlive());
                ended = project.text(name + ".err").isEmpty();
                if (!ended) {
                    long pid = newest(launcher.toHandle());
                    assertThat(project.shell("./attach " + pid).ok().out())
                            .as("at step " + step)
                            .isEqualTo("tried 6 refused 6\n");
                    project.shell("kill -CONT " + pid).ok();
                }
                assertThat(launcher.onExit()).succeedsWithin(Eventually.PATIENCE);
                assertThat(launcher.exitValue()).isZero();
            }
            assertThat(step).isGreaterThan(25);
        }
    }

    /** The last one in the line of children: each is there for the next. */
    private static long newest(ProcessHandle process) {
        ProcessHandle at = process;
        for (Optional<ProcessHandle> next = Optional.of(at);
                next.isPresent();
                next = at.children().findFirst()) {
            at = next.get();
        }
        return at.pid();
    }

    /** The other half of C3: by root inside of the namespaces that a launcher joins, who is root outside but for his rights. */
    @Test
    void c3_aLauncherThatJoinsNamespacesCannotBeTracedFromInside() throws IOException {
        As.needRoot("CAP_SYS_ADMIN, to join the pid namespace of another user namespace");
        String yaml = """
                services:
                  inside:
                    command: [sh, -c, 'while ! [ -e target ]; do sleep 0.05; done; ./attach $$(cat target) > told; sleep 1000']
                    sandbox: { namespaces: [user, pid, mount], user_namespace: { uid: 0, gid: 0 }, mounts: [ { proc: /proc } ] }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            CProgram.build(project, "attach");
            project.run("up", "-d").ok();
            long inside = project.pid("inside");
            project.file("joins.yaml", """
                    services:
                      app:
                        command: ['true']
                        sandbox: { join: { user: /proc/%1$d/ns/user, pid: /proc/%1$d/ns/pid } }
                    """.formatted(inside));
            project.run("plan", "joins.yaml", "-o", "app.plan").ok();
            List<OpKind> kinds =
                    PlanDecoder.decode(Files.readAllBytes(project.directory().resolve("app.plan"))).ops().stream()
                            .map(decoded -> decoded.op().kind())
                            .toList();
            Files.copy(FAULTY, project.directory().resolve("launcher"), StandardCopyOption.REPLACE_EXISTING);
            project.env("OSTLER_FAULT", "stop:" + (kinds.lastIndexOf(OpKind.JOIN) + 1));
            Process launcher = project.start(List.of("./launcher"), List.of("exec", "app.plan"), "launcher");
            Eventually.until(
                    "it waits: " + project.text("launcher.err"),
                    () -> project.text("launcher.err").equals("stopped\n"));
            long pid = newest(launcher.toHandle());
            String numbers = line("/proc/" + pid + "/status", "NSpid:");
            assertThat(numbers.split("\\s+")).as("it has joined").hasSize(3);

            project.file("target.tmp", numbers.substring(numbers.lastIndexOf('\t') + 1) + "\n");
            Files.move(
                    project.directory().resolve("target.tmp"),
                    project.directory().resolve("target"));

            Eventually.until("it was tried", () -> project.text("told").contains("tried"));
            assertThat(project.text("told")).isEqualTo("tried 6 refused 6\n");
            project.shell("kill -CONT " + pid).ok();
            assertThat(launcher.onExit()).succeedsWithin(Eventually.PATIENCE);
            assertThat(launcher.exitValue()).isZero();
        }
    }

    private static String line(String file, String prefix) throws IOException {
        return Files.readAllLines(Path.of(file)).stream()
                .filter(line -> line.startsWith(prefix))
                .findFirst()
                .orElseThrow();
    }

    /** P29, C31: a pid namespace ends with the parent that waits for it, whatever its processes have done to get away. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_c31_c32_withItsParentAPidNamespaceEnds(As as) {
        try (OstlerProject project = OstlerProject.create(as, daemons("    sandbox: { namespaces: [pid] }"))) {
            project.run("plan", "-o", "app.plan").ok();
            Process parent = project.start(List.of(project.binary()), List.of("exec", "app.plan"), "parent");
            Eventually.until("it runs", () -> project.text("up").equals("up\n"));
            Eventually.until("both run", () -> processes().size() >= 2);

            parent.destroyForcibly();

            Eventually.until("nothing is left", () -> processes().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_c31_p30_withTheKeeperAPidNamespaceEndsThatHasADeathSignal(As as) {
        String yaml = daemons("    death_signal: KILL\n    sandbox: { namespaces: [pid] }");
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until("it runs", () -> project.text("up").equals("up\n"));
            long supervisor = project.supervisorPid().orElseThrow();
            ProcessHandle.of(supervisor).orElseThrow().destroyForcibly();
            Eventually.until(
                    "another supervisor",
                    () -> project.supervisorPid()
                            .filter(pid -> pid != supervisor)
                            .isPresent());
            Eventually.until(
                    "both run: the supervisor is not the parent",
                    () -> processes().size() >= 2);

            ProcessHandle.of(project.keeperPid()).orElseThrow().destroyForcibly();

            Eventually.until("nothing is left", () -> processes().isEmpty());
        }
    }

    /** C32: between the clone and the last op the launcher goes with its parent too. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void c32_aLauncherGoesWithItsParentAtAnyStep(As as) throws IOException {
        String yaml = daemons(
                "    death_signal: KILL\n    sandbox: { namespaces: [pid, mount], mounts: [ { proc: /proc } ] }");
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("plan", "-o", "app.plan").ok();
            Path launcher = Files.copy(FAULTY, project.directory().resolve(mark));
            for (int step : new int[] {1, 3, 6, 9, 12, 15}) {
                String name = "step" + step;
                project.env("OSTLER_FAULT", "stop:" + step);
                Process parent = project.start(List.of(launcher.toString()), List.of("exec", "app.plan"), name);
                Eventually.until("it waits", () -> project.text(name + ".err").equals("stopped\n"));

                parent.destroyForcibly();

                Eventually.until(
                        "nothing is left at step " + step, () -> processes().isEmpty());
                assertThat(project.text("up")).isEmpty();
            }
        }
    }

    /** P6: the file of the launcher, by the process that stays beside the program. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p6_rootInsideCannotWriteTheLaunchersProgram(As as) throws IOException {
        String yaml = """
                services:
                  app:
                    command: [sh, -c, 'id -u; (: >> /proc/1/exe) 2>&1 | grep -o "cannot create" ; (exec 3<> /proc/1/exe) 2>&1 | grep -o "cannot"']
                    restart: "no"
                    sandbox: { namespaces: [user, pid, mount], user_namespace: { uid: 0, gid: 0 }, mounts: [ { proc: /proc } ] }
                """;
        Path home = Files.createTempDirectory("ostler-it-p6-");
        Installation.copy(OstlerProject.builtHome(), home);
        // the launcher's file belongs to whom root inside is outside
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), yaml)) {
            if (as == As.PLAIN_USER && As.isRoot()) {
                assertThat(new ProcessBuilder("chown", "-R", Integer.toString(As.PLAIN_UID), home.toString())
                                .start()
                                .onExit())
                        .succeedsWithin(Eventually.PATIENCE);
            }
            byte[] before = Files.readAllBytes(home.resolve("bin/ostler"));
            project.run("plan", "-o", "app.plan").ok();

            Result result = project.run("exec", "app.plan");

            assertThat(result.out()).as(result.toString()).isEqualTo("0\ncannot create\ncannot\n");
            assertThat(Files.readAllBytes(home.resolve("bin/ostler"))).isEqualTo(before);
        } finally {
            Installation.delete(home);
        }
    }

    /** P25: the keeper, the guard and the init are as closed to the program as a stranger's processes. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p25_aServiceCannotReachWhatSupervisesIt(As as) {
        String user = as.hasRoot() ? "    user: \"54321:54321\"\n" : "";
        String yaml = """
                services:
                  app:
                    command: [sh, -c, 'while ! [ -e targets ]; do sleep 0.05; done; for t in $$(cat targets); do ./attach $$t; done; ./attach $$PPID; echo end; sleep 1000']
                """ + user;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            CProgram.build(project, "attach");
            project.run("up", "-d").ok();
            project.file("targets.tmp", project.keeperPid() + "\n");
            project.shell("mv targets.tmp targets").ok();

            Eventually.until("all was tried", () -> project.log("app").contains("stdout F:1 end"));

            assertThat(project.log("app").stream().filter(line -> line.startsWith("stdout")))
                    .containsExactly("stdout F:1 tried 6 refused 6", "stdout F:1 tried 6 refused 6", "stdout F:1 end");
        }
    }

    /** P25 in a pid namespace: signals go nowhere either. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p25_inAPidNamespaceNobodyElseCanBeSignalled(As as) {
        try (OstlerProject project = OstlerProject.create(as, "services: { unused: { command: ['true'] } }\n")) {
            CProgram.build(project, "attach");
            Result result = project.run(
                    "run",
                    "-p",
                    "strict",
                    "-s",
                    "sandbox.+mounts=[ { bind: " + project.directory() + ", to: /project, read_only: true } ]",
                    "--",
                    "sh",
                    "-c",
                    "kill -9 -1; kill -9 $PPID; kill -9 1; /project/attach 1 | tail -n 1; echo alive");

            assertThat(result.out()).as(result.toString()).endsWith("alive\n");
        }
    }

    /** P17, C18: what was given up cannot be had again. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p17_c18_noRightComesBack(As as) {
        try (OstlerProject project = OstlerProject.create(as, "services: { unused: { command: ['true'] } }\n")) {
            CProgram.build(project, "gain");
            String user = as.hasRoot() ? "user=\"54321:54321\"" : "no_new_privs=true";

            Result result = project.run("run", "-s", user, "-s", "capabilities={keep: []}", "--", "./gain");

            assertThat(result.ok().out())
                    .isEqualTo(
                            "setuid refused\nsetgroups refused\ncapset refused\nambient refused\nsecurebits refused\n"
                                    + "bounding refused\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
                                    + "CapEff:\t0000000000000000\nCapAmb:\t0000000000000000\n");
        }
    }

    /** P1, C2: with 200 descriptors of the caller; ExtraDescriptorsIT asks the same of services. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p1_c2_ofTheCallersDescriptorsACommandGetsThree(As as) {
        try (OstlerProject project = OstlerProject.create(as, "services: { unused: { command: ['true'] } }\n")) {
            CProgram.build(project, "with_descriptors");
            project.file("passed", "");
            for (String options : List.of("", "-s 'sandbox.namespaces=[pid]'", "-t")) {
                Result result = project.shell("exec ./with_descriptors 200 passed '" + project.binary() + "' run "
                        + options + " -- ls -1 /proc/self/fd");

                assertThat(result.ok().out().replace("\r", ""))
                        .as(options)
                        .isEqualTo("0\n1\n2\n3\n"); // 3: the directory that ls reads
            }
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.OpKind;
import dev.ostler.plan.PlanDecoder;
import dev.ostler.plan.PlanDecoder.DecodedOp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P29 for what the plan of {@link SandboxFaultsIT} has not. */
class EveryOpFaultsIT {
    private static final String COMMAND = "command: [sh, -c, 'echo ran > out/ran', %s]";

    private static final String PROGRAMS = """
                    - { bind: /usr, read_only: true }
                    - { symlink: /bin, to: usr/bin }
                    - { symlink: /lib, to: usr/lib }
                    - { symlink: /lib64, to: usr/lib64 }
            """;

    /** Of a directory of the project, where a file system of the host may be shown under other owners. */
    private static final String RIGHTS = """
                working_dir: /tmp
                user: "54321:54321"
                capabilities: { keep: [NET_BIND_SERVICE] }
                sandbox:
                  namespaces: [pid]
                  mounts:
                    - { tmpfs: /tmp }
                    - { bind: out, to: /tmp/out, idmap: ["0 54321 1"] }
            """;

    private static final String LAYERS = """
                working_dir: /
                sandbox:
                  root: { overlay: [base], size: 1m }
                  mounts:
            """ + PROGRAMS + """
                    - { bind: out, to: /out }
            """;

    private static final String SHARES = """
                scheduling: { policy: batch, reset_on_fork: true }
                nice: 3
                io_priority: { class: best-effort, level: 7 }
                numa: { policy: interleave, nodes: 0 }
                timer_slack: 10ms
                transparent_hugepages: false
                memory_deny_write_execute: true
                coredump_filter: [elf-headers]
                keyring: private
                sandbox:
                  seccomp: { deny: [personality] }
                  landlock: { execute: [/usr], write: [out, /dev/null] }
            """;

    private static final String SUPERVISED = """
            services:
              web:
                command: [sh, -c, 'echo ran > out/ran', %s]
                restart: "no"
                ready: { notify: true }
                sockets: { app: { unix: app.sock } }
            """;

    private static final String PROFILE = """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /tmp
                sandbox:
                  namespaces: [mount, pid, ipc, uts]
                  read_only: true
                  mounts: [ { proc: /proc }, { dev: /dev }, { tmpfs: /tmp }, { bind: out, to: /tmp/out } ]
            """;

    private final String mark = FaultWalk.newMark();

    private OstlerProject project(As as, String rest) {
        String yaml = "services:\n  web:\n    restart: \"no\"\n    " + COMMAND.formatted(mark) + "\n" + rest;
        OstlerProject project = OstlerProject.create(as, yaml);
        FaultWalk.writable(project, "out");
        return project.file("base/etc/motd", "hello\n");
    }

    private FaultWalk walk(OstlerProject project) {
        String launcher = FaultWalk.launcher(project, mark).toString();
        FaultWalk walk =
                new FaultWalk(project, mark, PlanFile.of(project, "web").ops());
        walk.walk(op -> List.of(launcher + " exec web.plan"));
        return walk;
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofARootOfLayers(As as) {
        try (OstlerProject project = project(as, LAYERS)) {
            walk(project);
        }
    }

    @Test
    void p29_ofABindUnderOtherOwners() {
        As.needRoot("idmapped mounts");
        try (OstlerProject project = project(As.CURRENT, RIGHTS)) {
            assertThat(walk(project).kinds()).contains(OpKind.BIND, OpKind.AMBIENT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofSharesAndFilters(As as) {
        try (OstlerProject project = project(as, SHARES)) {
            assertThat(walk(project).kinds())
                    .contains(OpKind.SCHED_POLICY, OpKind.IOPRIO, OpKind.NUMA, OpKind.TIMER_SLACK, OpKind.THP)
                    .contains(OpKind.MDWE, OpKind.COREDUMP_FILTER, OpKind.KEYRING, OpKind.SECCOMP, OpKind.LANDLOCK);
        }
    }

    @Test
    void p29_ofANamespaceThatIsJoined() {
        As.needRoot("to join a namespace of the host");
        String own = "/proc/" + ProcessHandle.current().pid() + "/ns/ipc";
        try (OstlerProject project = project(As.CURRENT, "    sandbox: { join: { ipc: " + own + " } }\n")) {
            assertThat(walk(project).kinds()).contains(OpKind.JOIN);
        }
    }

    /** Also the relay between the terminals dies, or has to tell what its child was refused. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofATerminal(As as) throws IOException {
        Path home = faultyInstallation();
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), PROFILE)) {
            FaultWalk.writable(project, "out");
            for (String profile : List.of("", "-p ./ostler.yaml#box ")) {
                String command = project.binary() + " run -t " + profile + "-- sh -c 'echo ran > out/ran' " + mark;
                project.shell(command).ok(); // from now on it is in the cache
                List<DecodedOp> ops = cached(project);
                project.shell("rm -r out/ran .cache/ostler && " + command + " && rm out/ran")
                        .ok();

                FaultWalk walk = new FaultWalk(project, mark, ops);
                walk.walk(op -> List.of(command));

                assertThat(walk.kinds()).contains(OpKind.TERMINAL);
                project.shell("rm -r out/ran .cache/ostler").ok();
            }
        } finally {
            Installation.delete(home);
        }
    }

    /** What only a supervisor has to give. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofWhatASupervisorPasses(As as) throws IOException {
        String limit = as.hasRoot() ? "    mem_limit: 64m\n    pids_limit: 50\n" : "";
        String yaml = SUPERVISED.formatted(mark) + limit;
        Path home = faultyInstallation();
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), yaml)) {
            FaultWalk.writable(project, "out");
            List<String> ops = project.run("plan", "-f", "ostler.yaml", "web")
                    .ok()
                    .out()
                    .lines()
                    .filter(line -> line.matches(" *\\d+ [A-Z_]+ .*"))
                    .toList();
            Set<OpKind> kinds = EnumSet.of(OpKind.NOTIFY_SOCKET, OpKind.OWN_PID);
            if (as.hasRoot()) {
                kinds.add(OpKind.CGROUP_JOIN);
            }
            for (OpKind kind : kinds) {
                String text = ops.stream()
                        .filter(line -> line.contains(" " + kind + " "))
                        .findFirst()
                        .orElseThrow();
                int op = ops.indexOf(text);
                String origin = text.replaceFirst(".*# ([^)]+\\)).*", "$1");
                Result refused = upWith(project, "errno:" + op + ":13");
                assertThat(refused.err())
                        .contains("fault \"OSTLER_FAULT\": EACCES (")
                        .contains(" at " + origin + "\n");
                upWith(project, "before:" + op);
                upWith(project, "after:" + op);
            }
        } finally {
            Installation.delete(home);
        }
    }

    private Result upWith(OstlerProject project, String fault) {
        project.env("OSTLER_FAULT", fault);
        Result up = project.run("up", "-d");
        assertThat(up.err()).as(fault).contains("cannot start \"web\": ");
        project.run("down").ok();
        assertThat(project.directory().resolve("out/ran")).as(fault).doesNotExist();
        assertThat(OstlerProject.commandLinesWith(mark)).as(fault).isEmpty();
        return up;
    }

    private static Path faultyInstallation() throws IOException {
        Path home = Files.createTempDirectory("ostler-it-faults-");
        Installation.copy(OstlerProject.builtHome(), home);
        Files.copy(FaultWalk.FAULTY, home.resolve("bin/ostler"), StandardCopyOption.REPLACE_EXISTING);
        return home;
    }

    /** Of the one plan that is kept, behind what it was made of. */
    private static List<DecodedOp> cached(OstlerProject project) throws IOException {
        try (Stream<Path> files = Files.list(project.directory().resolve(".cache/ostler"))) {
            byte[] kept = Files.readAllBytes(files.findFirst().orElseThrow());
            int plan = new String(kept, StandardCharsets.ISO_8859_1).indexOf("OSTLPLAN");
            return PlanDecoder.decode(Arrays.copyOfRange(kept, plan, kept.length))
                    .ops();
        }
    }
}

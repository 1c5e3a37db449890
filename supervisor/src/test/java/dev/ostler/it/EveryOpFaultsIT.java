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

/** P29 for what the plans of {@link SandboxFaultsIT} and {@link NetworkFaultsIT} have not. */
class EveryOpFaultsIT {
    /** Of {@code old_kernel.c}. */
    private static final String WITH_THREADS = "./old_kernel core_sched ";

    private final String mark = FaultWalk.newMark();

    private OstlerProject project(As as, FaultPlan plan) {
        OstlerProject project = OstlerProject.create(as, plan.yaml(as, mark));
        FaultWalk.writable(project, "out");
        return project.file("base/etc/motd", "hello\n");
    }

    private FaultWalk walk(OstlerProject project) {
        return walk(project, "");
    }

    /** @param prefix what goes in front of the commands */
    private FaultWalk walk(OstlerProject project, String prefix) {
        String launcher = FaultWalk.launcher(project, mark).toString();
        FaultWalk walk = new FaultWalk(project, mark, ops(project, prefix));
        walk.walk(op -> List.of(prefix + launcher + " exec web.plan"));
        return walk;
    }

    private static List<DecodedOp> ops(OstlerProject project, String prefix) {
        return PlanFile.of(project, prefix, "web").ops();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofARootOfLayers(As as) {
        try (OstlerProject project = project(as, FaultPlan.LAYERS)) {
            walk(project);
        }
    }

    @Test
    void p29_ofABindUnderOtherOwners() {
        As.needRoot("idmapped mounts");
        try (OstlerProject project = project(As.CURRENT, FaultPlan.RIGHTS)) {
            assertThat(walk(project).kinds()).contains(OpKind.BIND, OpKind.AMBIENT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofSharesAndFilters(As as) {
        try (OstlerProject project = project(as, FaultPlan.SHARES)) {
            assertThat(walk(project).kinds())
                    .contains(OpKind.SCHED_POLICY, OpKind.IOPRIO, OpKind.NUMA, OpKind.TIMER_SLACK, OpKind.THP)
                    .contains(OpKind.MDWE, OpKind.COREDUMP_FILTER, OpKind.KEYRING, OpKind.SECCOMP, OpKind.LANDLOCK);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofTheProcessor(As as) throws IOException {
        try (OstlerProject project = project(as, FaultPlan.PROCESSOR)) {
            CProgram.compile(project, "ran", Files.readString(Path.of("src/test/resources/it/ran.c")), "-static");
            CProgram.build(project, "old_kernel");

            assertThat(walk(project, WITH_THREADS).kinds()).contains(OpKind.CORE_SCHED, OpKind.TSC);
        }
    }

    @Test
    void p29_ofANamespaceThatIsJoined() {
        As.needRoot("to join a namespace of the host");
        try (OstlerProject project = project(As.CURRENT, FaultPlan.JOINED)) {
            assertThat(walk(project).kinds()).contains(OpKind.JOIN);
        }
    }

    /** The tests that walk over them are here, in {@link SandboxFaultsIT}, and in {@link NetworkFaultsIT}. */
    @Test
    void p29_ofEveryKindOfOp() {
        As.needRoot("to be given every kind of op");
        Set<OpKind> kinds = EnumSet.noneOf(OpKind.class);
        for (FaultPlan plan : FaultPlan.values()) {
            kinds.addAll(plan.own());
        }
        for (FaultPlan plan : FaultPlan.written()) {
            try (OstlerProject project = project(As.CURRENT, plan)) {
                CProgram.build(project, "old_kernel");
                ops(project, WITH_THREADS).forEach(each -> kinds.add(each.op().kind()));
            }
        }

        assertThat(kinds).containsExactlyInAnyOrder(OpKind.values());
    }

    /** Also the relay between the terminals dies, or has to tell what its child was refused. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofATerminal(As as) throws IOException {
        Path home = faultyInstallation();
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), FaultPlan.TERMINAL.yaml(as, mark))) {
            FaultWalk.writable(project, "out");
            for (String profile : List.of("", "-p ./ostler.yaml#box ")) {
                String command = project.binary() + " run -t " + profile + "-- sh -c 'echo ran > out/ran' " + mark;
                project.shell(command).ok(); // from now on it is in the cache
                List<DecodedOp> ops = cached(project);
                project.shell("rm -r out/ran .cache/ostler && " + command + " && rm out/ran")
                        .ok();

                FaultWalk walk = new FaultWalk(project, mark, ops);
                walk.walk(op -> List.of(command));

                assertThat(walk.kinds()).containsAll(FaultPlan.TERMINAL.own());
                project.shell("rm -r out/ran .cache/ostler").ok();
            }
        } finally {
            Installation.delete(home);
        }
    }

    /** The service that is joined has no such op, and starts. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p29_ofWhatASupervisorPasses(As as) throws IOException {
        Path home = faultyInstallation();
        try (OstlerProject project =
                OstlerProject.create(as, home, Jdk.current(), FaultPlan.SUPERVISED.yaml(as, mark))) {
            FaultWalk.writable(project, "out");
            project.env("OSTLER_FAULT_OP", Integer.toString(OpKind.JOIN_PROCESS.code()));
            List<String> ops = project.run("plan", "-f", "ostler.yaml", "web")
                    .ok()
                    .out()
                    .lines()
                    .filter(line -> line.matches(" *\\d+ [A-Z_]+ .*"))
                    .toList();
            for (OpKind kind : FaultPlan.SUPERVISED.own()) {
                if (kind == OpKind.CGROUP_JOIN && !as.hasRoot()) {
                    continue;
                }
                String text = ops.stream()
                        .filter(line -> line.contains(" " + kind + " "))
                        .findFirst()
                        .orElseThrow();
                int op = ops.indexOf(text);
                String origin = text.replaceFirst(".*# ([^)]+\\)).*", "$1");
                Result refused = upWith(project, "errno:" + op + ":13");
                assertThat(refused.err())
                        .contains("fault \"OSTLER_FAULT\": EACCES (")
                        .contains(" at " + origin + "\n")
                        .doesNotContain("\"db\"");
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

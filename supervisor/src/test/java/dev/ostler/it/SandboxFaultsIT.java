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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P29: the launcher dies, or the kernel refuses, before and after each op of a full plan: no program ever runs with less
 * than what was asked for, nothing is left behind, and the refusal names the line that asked for the op.
 */
class SandboxFaultsIT {
    private final String mark = FaultWalk.newMark();

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void everyOpIsTheLast(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, FaultPlan.FULL.yaml(as, mark))) {
            FaultWalk.writable(project, "out");
            String launcher = FaultWalk.launcher(project, mark).toString();
            List<DecodedOp> ops = plan(project);
            assertThat(ops).hasSizeGreaterThan(45);

            // both stay as the parent in the same way: every op for one of them, some for the other
            List<String> exec = List.of(launcher + " exec app.plan");
            List<String> both = List.of(launcher + " exec app.plan", launcher + " init app.plan");
            new FaultWalk(project, mark, ops).walk(op -> op % 8 == 0 ? both : exec);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void soItIsUnderASupervisor(As as) throws IOException {
        Path home = Files.createTempDirectory("ostler-it-faults-");
        Installation.copy(OstlerProject.builtHome(), home);
        Files.copy(FaultWalk.FAULTY, home.resolve("bin/ostler"), StandardCopyOption.REPLACE_EXISTING);
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), FaultPlan.FULL.yaml(as, mark))) {
            FaultWalk.writable(project, "out");
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
                assertThat(OstlerProject.commandLinesWith(mark)).as(kind).isEmpty();
                assertThat(project.directory().resolve("out/ran")).as(kind).doesNotExist();
            }
        } finally {
            Installation.delete(home);
        }
    }

    @Test
    void theShippedLauncherHasNoFaults() throws IOException {
        assertThat(text(FaultWalk.FAULTY)).contains("OSTLER_FAULT");
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
}

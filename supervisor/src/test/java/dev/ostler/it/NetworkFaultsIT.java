package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.OpKind;
import dev.ostler.plan.PlanDecoder;
import dev.ostler.plan.PlanDecoder.DecodedOp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * P29 for a plan with a network: the launcher or its parent dies, or the kernel refuses, before and after each op. No
 * program ever runs, and no interface is left on the host.
 */
class NetworkFaultsIT {
    private static final Path FAULTY = Path.of("../launcher-native/build/ostler-faults");
    private static final int EXIT_REFUSED = 127;
    private static final int EXIT_KILLED = 137;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void everyOpIsTheLast(As as) throws IOException {
        try (OstlerProject project = OstlerProject.create(as, FaultPlan.NETWORK.yaml(as, ""))) {
            OwnNetwork host = prepared(project, as);
            List<DecodedOp> ops = plan(project, host, as);
            assertThat(ops.stream().map(each -> each.op().kind())).contains(OpKind.HOST_NETWORK, OpKind.NETWORK);

            for (int op = 0; op < ops.size(); op++) {
                // both stay as the parent in the same way: every op for one of them, those of the parent for both
                boolean byParent = ops.get(op).op().kind() == OpKind.HOST_NETWORK;
                for (String role : byParent ? List.of("exec", "init") : List.of("exec")) {
                    String what = role + " at op " + op + ", "
                            + ops.get(op).op().kind() + " " + ops.get(op).op().text();

                    Result refused = faulty(project, host, as, role, "errno:" + op + ":13");

                    assertThat(refused.exitCode()).as(what).isEqualTo(EXIT_REFUSED);
                    // a child that has refused its first op too early may be one that its parent cannot map
                    assertThat(refused.err())
                            .as(what)
                            .startsWith("cannot start: fault \"OSTLER_FAULT\": EACCES (" + "Permission denied) at "
                                    + ops.get(op).origin() + "\n");
                    assertThat(host.ends()).as(what).isEmpty();
                    for (String fault : op < ops.size() - 1 ? List.of("before:", "after:") : List.of("before:")) {
                        int exit = faulty(project, host, as, role, fault + op).exitCode();

                        assertThat(exit).as(fault + what).isIn(EXIT_KILLED, op == 0 ? EXIT_REFUSED : EXIT_KILLED);
                        Eventually.until(
                                fault + what + " leaves nothing",
                                () -> host.ends().isEmpty());
                    }
                    assertThat(project.directory().resolve("out/ran")).as(what).doesNotExist();
                }
            }
            faulty(project, host, as, "exec", "before:" + ops.size()).ok();
            assertThat(project.text("out/ran")).isEqualTo("ran\n");
            assertThat(host.ends()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void soItIsUnderASupervisor(As as) throws IOException {
        Path home = Files.createTempDirectory("ostler-it-faults-");
        Installation.copy(OstlerProject.builtHome(), home);
        Files.copy(FAULTY, home.resolve("bin/ostler"), StandardCopyOption.REPLACE_EXISTING);
        try (OstlerProject project = OstlerProject.create(as, home, Jdk.current(), FaultPlan.NETWORK.yaml(as, ""))) {
            OwnNetwork host = prepared(project, as);
            List<DecodedOp> ops = plan(project, host, as);
            for (OpKind kind : List.of(OpKind.HOST_NETWORK, OpKind.NETWORK, OpKind.INIT)) {
                int op = ops.stream().map(each -> each.op().kind()).toList().indexOf(kind);

                project.env("OSTLER_FAULT", "errno:" + op + ":13");
                Result up = host.run(as, project.binary() + " up -d");

                assertThat(up.err().lines().filter(line -> line.startsWith("cannot start")))
                        .as(kind.name())
                        .singleElement()
                        .asString()
                        .startsWith("cannot start \"web\": fault \"OSTLER_FAULT\": EACCES (")
                        .endsWith(" at " + ops.get(op).origin());
                assertThat(host.ends()).as(kind.name()).isEmpty();
                project.run("down").ok();
                project.env("OSTLER_FAULT", "after:" + op);
                assertThat(host.run(as, project.binary() + " up -d").err())
                        .as(kind.name())
                        .contains("cannot start \"web\": ");
                Eventually.until("nothing is left", () -> host.ends().isEmpty());
                project.run("down").ok();
                assertThat(project.directory().resolve("out/ran"))
                        .as(kind.name())
                        .doesNotExist();
            }
        } finally {
            Installation.delete(home);
        }
    }

    private static OwnNetwork prepared(OstlerProject project, As as) throws IOException {
        project.file("out/.keep", "");
        project.directory().resolve("out").toFile().setWritable(true, false);
        Files.copy(FAULTY, project.directory().resolve("faulty"));
        return OwnNetwork.of(project, as);
    }

    private static List<DecodedOp> plan(OstlerProject project, OwnNetwork host, As as) throws IOException {
        host.run(as, project.binary() + " plan -f ostler.yaml -o app.plan web").ok();
        return PlanDecoder.decode(Files.readAllBytes(project.directory().resolve("app.plan")))
                .ops();
    }

    private static Result faulty(OstlerProject project, OwnNetwork host, As as, String role, String fault) {
        project.env("OSTLER_FAULT", fault);
        return host.run(as, "./faulty " + role + " app.plan");
    }
}

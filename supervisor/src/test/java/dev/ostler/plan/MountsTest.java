package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.spec.NamespaceType.CGROUP;
import static dev.ostler.spec.NamespaceType.IPC;
import static dev.ostler.spec.NamespaceType.NET;
import static dev.ostler.spec.NamespaceType.PID;
import static dev.ostler.testing.SandboxSpecBuilder.sandbox;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.SandboxOp.VerifyMounts.Expected;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.SandboxSpecBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class MountsTest {
    private static final long RO = 1;
    private static final long NOSUID = 2;
    private static final long NODEV = 4;
    private static final long NOEXEC = 8;
    private static final long TMPFS = 0x01021994L;
    private static final long PROC = 0x9fa0L;

    @Test
    void theOpsOfATypicalSandboxStayWhatTheyAre() throws IOException {
        Plan plan = compiled(typical(), FakeHostFacts.plainUser()).plan();

        assertThat(PlanText.explain(plan, false)).isEqualTo(golden("sandbox.plan.txt"));
        assertThat(PlanEncoder.encode(
                        compiled(typical(), FakeHostFacts.plainUser()).plan()))
                .isEqualTo(PlanEncoder.encode(plan));
    }

    private static ServiceSpec typical() {
        return service("web")
                .keep()
                .sandbox(sandbox()
                        .namespaces(PID, IPC)
                        .root("")
                        .readOnly()
                        .bind("/usr", "/usr", true)
                        .link("/bin", "usr/bin")
                        .filesystem("proc", "/proc")
                        .dev("/dev")
                        .filesystem("tmpfs", "/tmp", "size=1048576", "mode=1777")
                        .file("/etc/hostname", "web\n")
                        .directory("/srv")
                        .mask("/proc/kcore")
                        .readOnlyPath("/proc/sys")
                        .hostname("web")
                        .build())
                .build();
    }

    @Test
    void mountsComeInTheirOrderMasksAfterThemThenThePivot() {
        List<OpKind> kinds = kinds(sandbox()
                .mask("/a")
                .filesystem("tmpfs", "/b")
                .readOnlyPath("/c")
                .bind("/d", "/d", false)
                .root("/srv/image"));

        assertThat(kinds)
                .containsSubsequence(
                        OpKind.ROOT,
                        OpKind.FILESYSTEM,
                        OpKind.BIND,
                        OpKind.MASK,
                        OpKind.READ_ONLY,
                        OpKind.PIVOT,
                        OpKind.VERIFY_MOUNTS,
                        OpKind.CHDIR);
    }

    @Test
    void withoutARootItIsTheHostsOwnTree() {
        assertThat(ops(sandbox().mask("/root")))
                .contains(new SandboxOp.Root(true, "/", List.of(), 0), new SandboxOp.Mask("/root"));
        assertThat(ops(sandbox().readOnly())).contains(new SandboxOp.Root(true, "/", List.of(), RO));
    }

    @Test
    void anEmptyRootIsMadeReadOnlyOnlyWhenItsMountPointsAreThere() {
        List<Op> ops = ops(sandbox().root("").readOnly().filesystem("tmpfs", "/tmp"));

        assertThat(ops)
                .containsSubsequence(
                        new SandboxOp.Root(false, "tmpfs", List.of("mode=0755"), NOSUID | NODEV),
                        new SandboxOp.Filesystem("tmpfs", "/tmp", List.of(), NOSUID | NODEV),
                        new SandboxOp.ReadOnly("/", false),
                        new SandboxOp.Pivot());
    }

    @Test
    void whatTheKernelMustSayAfterwards() {
        assertThat(expected(sandbox()
                        .root("/srv/image")
                        .readOnly()
                        .bind("/usr", "/usr", true)
                        .filesystem("proc", "/proc")
                        .filesystem("tmpfs", "/tmp")))
                .containsExactly(
                        new Expected("/", RO, 0),
                        new Expected("/usr", RO | NOSUID | NODEV, 0),
                        new Expected("/proc", NOSUID | NODEV | NOEXEC, PROC),
                        new Expected("/tmp", NOSUID | NODEV, TMPFS));
    }

    @Test
    void whatIsHiddenIsNotAskedAbout() {
        assertThat(expected(sandbox()
                        .bind("/usr", "/a/b", true)
                        .bind("/usr", "/ab", false)
                        .filesystem("tmpfs", "/a")
                        .filesystem("tmpfs", "/m/n")
                        .mask("/m")))
                .containsExactly(
                        new Expected("/", 0, 0),
                        new Expected("/ab", NOSUID | NODEV, 0),
                        new Expected("/a", NOSUID | NODEV, TMPFS));
    }

    @Test
    void fileSystemsThatNeedANamespaceBesideTheUserNamespace() {
        String[][] rows = {
            {"proc", "pid", "proc"},
            {"sysfs", "net", "sysfs"},
            {"mqueue", "ipc", "mqueue"},
            {"cgroup2", "cgroup", "cgroup"},
        };
        for (String[] row : rows) {
            assertThat(refused(web(sandbox().filesystem(row[0], "/x")), FakeHostFacts.plainUser()))
                    .containsExactly("ostler.yaml:30:7 (services.web.sandbox.mounts[0]): " + row[2]
                            + " in a user namespace needs the namespace \"" + row[1] + "\"");
            assertThat(kinds(sandbox().filesystem(row[0], "/x"))).contains(OpKind.FILESYSTEM);
        }
        SandboxSpecBuilder all = sandbox().namespaces(PID, NET, IPC, CGROUP);
        for (String[] row : rows) {
            all.filesystem(row[0], "/" + row[0]);
        }
        assertThat(Compilations.ops(web(all), FakeHostFacts.plainUser())).contains(new SandboxOp.Pivot());
    }

    /** Nobody outside can see it. */
    @Test
    void whetherTheProgramIsThereIsNotAskedOfTheHost() {
        assertThat(Program.missing(service("web").build(), FakeHostFacts.root()))
                .isPresent();
        assertThat(Program.missing(web(sandbox().root("/srv/image")), FakeHostFacts.root()))
                .isEmpty();
    }

    private static ServiceSpec web(SandboxSpecBuilder sandbox) {
        return service("web").sandbox(sandbox.build()).build();
    }

    private static List<Op> ops(SandboxSpecBuilder sandbox) {
        return Compilations.ops(web(sandbox), FakeHostFacts.root());
    }

    private static List<OpKind> kinds(SandboxSpecBuilder sandbox) {
        return ops(sandbox).stream().map(Op::kind).toList();
    }

    private static List<Expected> expected(SandboxSpecBuilder sandbox) {
        return ops(sandbox).stream()
                .filter(SandboxOp.VerifyMounts.class::isInstance)
                .flatMap(op -> ((SandboxOp.VerifyMounts) op).mounts().stream())
                .toList();
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = MountsTest.class.getResourceAsStream(name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

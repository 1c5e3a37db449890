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

import dev.ostler.plan.SandboxOp.Root.Kind;
import dev.ostler.spec.RootSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.SandboxSpecBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class MountsTest {
    private static final long RO = 1;
    private static final long NOSUID = 2;
    private static final long NODEV = 4;

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
                .contains(new SandboxOp.Root(Kind.COPY, "/", List.of(), 0), new SandboxOp.Mask("/root"));
        assertThat(ops(sandbox().readOnly())).contains(new SandboxOp.Root(Kind.COPY, "/", List.of(), RO));
    }

    @Test
    void anEmptyRootIsMadeReadOnlyOnlyWhenItsMountPointsAreThere() {
        List<Op> ops = ops(sandbox().root("").readOnly().filesystem("tmpfs", "/tmp"));

        assertThat(ops)
                .containsSubsequence(
                        new SandboxOp.Root(Kind.NEW, "tmpfs", List.of("mode=0755"), NOSUID | NODEV),
                        new SandboxOp.Filesystem("tmpfs", "/tmp", List.of(), NOSUID | NODEV),
                        new SandboxOp.ReadOnly("/", false),
                        new SandboxOp.Pivot());
    }

    @Test
    void anOverlayTakesItsChangesToMemoryUnlessThereIsAnUpperDirectory() {
        RootSpec.Overlay inMemory =
                new RootSpec.Overlay(List.of("/a", "/b"), Optional.empty(), Optional.empty(), OptionalLong.of(4096));
        RootSpec.Overlay onDisk =
                new RootSpec.Overlay(List.of("/a"), Optional.of("/u"), Optional.of("/w"), OptionalLong.empty());

        assertThat(ops(sandbox().overlay(inMemory).readOnly()))
                .containsSubsequence(
                        overlay("lowerdir+=/a", "lowerdir+=/b", "size=4096"), new SandboxOp.ReadOnly("/", false));
        assertThat(ops(sandbox().overlay(onDisk))).contains(overlay("lowerdir+=/a", "upperdir=/u", "workdir=/w"));
        assertThat(Compilations.ops(web(sandbox().overlay(onDisk)), FakeHostFacts.plainUser()))
                .contains(overlay("lowerdir+=/a", "upperdir=/u", "workdir=/w", "userxattr"));
    }

    private static SandboxOp.Root overlay(String... options) {
        return new SandboxOp.Root(Kind.OVERLAY, "overlay", List.of(options), NODEV);
    }

    @Test
    void theIdsOfAMountAreMappedAsAskedOrAsThoseOfTheService() {
        long flags = NOSUID | NODEV | MountWords.RECURSIVE;

        assertThat(ops(sandbox().mapped("/data", "/d", 0, 1000, 1, 1, 5, 2)))
                .contains(new SandboxOp.Bind("/data", "/d", flags, "0 1000 1\n1 5 2", "0 1000 1\n1 5 2"));
        assertThat(ops(sandbox().uidMap(0, 100_000, 10).gidMap(0, 200_000, 10).mapped("/data", "/d")))
                .contains(new SandboxOp.Bind("/data", "/d", flags, "0 100000 10", "0 200000 10"));
    }

    @Test
    void theIdsOfAMountNeedRightsAndAMapThatTheKernelTakes() {
        String at = "ostler.yaml:%d:7 (services.web.sandbox.mounts[0].idmap%s): ";

        assertThat(refused(web(sandbox().mapped("/data", "/d", 0, 1000, 1)), FakeHostFacts.plainUser()))
                .containsExactly(at.formatted(31, "") + "cannot map the ids of a mount: needs CAP_SETGID and CAP_SETUID"
                        + " and CAP_SYS_ADMIN, this supervisor runs as uid 1000 without them");
        assertThat(refused(web(sandbox().mapped("/data", "/d")), FakeHostFacts.root()))
                .containsExactly(at.formatted(30, "")
                        + "\"service\" needs \"sandbox.user_namespace.uid_map\" and \"gid_map\" to go by");
        assertThat(refused(web(sandbox().mapped("/data", "/d", 0, 1000, 2, 1, 5, 1)), FakeHostFacts.root()))
                .containsExactly(at.formatted(31, "[1]") + "the range overlaps the one at ostler.yaml:30:7");
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

    private static String golden(String name) throws IOException {
        try (InputStream in = MountsTest.class.getResourceAsStream(name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

package dev.ostler.plan;

import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.spec.NamespaceType.CGROUP;
import static dev.ostler.spec.NamespaceType.IPC;
import static dev.ostler.spec.NamespaceType.MOUNT;
import static dev.ostler.spec.NamespaceType.NET;
import static dev.ostler.spec.NamespaceType.PID;
import static dev.ostler.spec.NamespaceType.TIME;
import static dev.ostler.spec.NamespaceType.USER;
import static dev.ostler.spec.NamespaceType.UTS;
import static dev.ostler.testing.SandboxSpecBuilder.sandbox;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.NetworkMode;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.SandboxSpecBuilder;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class NamespacesTest {
    private static final int CAP_SYS_ADMIN = 21;
    private static final int CAP_SETFCAP = 31;
    private static final String AT = "ostler.yaml:%d:7 (services.web.sandbox.%s): ";

    @Test
    void noSandboxNoNamespace() {
        Plan plan = Compilations.compiled(service("web").build(), FakeHostFacts.plainUser())
                .plan();

        assertThat(plan.guard()).isFalse();
        assertThat(plan.ops()).noneMatch(planned -> planned.op() instanceof SandboxOp);
    }

    @Test
    void whatIsAskedForImpliesItsNamespace() {
        assertThat(made(sandbox().hostname("web"))).containsExactly(UTS);
        assertThat(made(sandbox().network(NetworkMode.NONE))).containsExactly(NET);
        assertThat(made(sandbox().network(NetworkMode.HOST))).isEmpty();
        assertThat(made(sandbox().readOnly())).containsExactly(MOUNT);
        assertThat(made(sandbox().mask("/root"))).containsExactly(MOUNT);
        assertThat(made(sandbox().readOnlyPath("/etc"))).containsExactly(MOUNT);
        assertThat(made(sandbox().filesystem("tmpfs", "/tmp"))).containsExactly(MOUNT);
        assertThat(made(sandbox().root(""))).containsExactly(MOUNT);
        assertThat(made(sandbox().ids(0, 0))).containsExactly(USER);
        assertThat(made(sandbox().namespaces(PID, IPC))).containsExactly(PID, IPC);
    }

    @Test
    void timeAndCgroupAreUnsharedByTheChild() {
        List<Op> ops = ops(web(sandbox().namespaces(TIME, CGROUP)), FakeHostFacts.root());

        assertThat(ops).contains(new SandboxOp.TimeOffsets(0, 0), new SandboxOp.CgroupNamespace());
        assertThat(namespacesOf(ops).flags()).isZero();
        assertThat(ops(web(sandbox().time(Duration.ofSeconds(5), Duration.ofHours(1))), FakeHostFacts.root()))
                .contains(new SandboxOp.TimeOffsets(5, 3600));
    }

    @Test
    void beforeLinux62OnlyAForkEntersATimeNamespace() {
        FakeHostFacts old = FakeHostFacts.root().whereExecveKeepsTheTimeNamespace();

        assertThat(refused(web(sandbox().namespaces(TIME)), old))
                .containsExactly(at(30, "namespaces[0]")
                        + "a time namespace needs Linux 6.2, or the namespace \"pid\" with its init");
        assertThat(refused(web(sandbox().namespaces(TIME, PID).init(false)), old))
                .hasSize(1);
        assertThat(ops(web(sandbox().namespaces(TIME, PID)), old)).contains(new SandboxOp.TimeOffsets(0, 0));
    }

    @Test
    void aPlainSupervisorGetsAUserNamespaceInFront() {
        SandboxOp.Namespaces op = namespacesOf(ops(web(sandbox().hostname("web")), FakeHostFacts.plainUser()));

        assertThat(types(op)).containsExactly(USER, UTS);
        assertThat(op)
                .isEqualTo(new SandboxOp.Namespaces(
                        op.flags(),
                        true,
                        SandboxOp.NO_ID,
                        SandboxOp.NO_ID,
                        "1000 1000 1",
                        "1000 1000 1",
                        List.of(),
                        List.of()));
    }

    @Test
    void soDoesRootWithoutSysAdmin() {
        assertThat(types(namespacesOf(
                        ops(web(sandbox().namespaces(PID)), FakeHostFacts.root().withoutCapability(CAP_SYS_ADMIN)))))
                .containsExactly(USER, PID);
    }

    @Test
    void itIsRootInsideWhenItAsksForThat() {
        SandboxOp.Namespaces op = namespacesOf(ops(web(sandbox().ids(0, 0)), FakeHostFacts.plainUser()));

        assertThat(op.uidMap()).isEqualTo("0 1000 1");
        assertThat(op.gidMap()).isEqualTo("0 1000 1");
        assertThat(op.denySetgroups()).isTrue();
    }

    @Test
    void theUserOfAServiceOfRootIsTheOnlyOneInside() {
        ServiceSpec app = service("web")
                .user("app")
                .sandbox(sandbox().namespaces(USER).build())
                .build();
        List<Op> ops = ops(app, FakeHostFacts.root());

        assertThat(namespacesOf(ops).uidMap()).isEqualTo("1001 1001 1");
        assertThat(namespacesOf(ops).gidMap()).isEqualTo("1001 1001 1\n44 44 1");
        assertThat(namespacesOf(ops).uid()).isEqualTo(1001);
        assertThat(namespacesOf(ops).denySetgroups()).isFalse();
        assertThat(ops).contains(new Op.Groups(List.of(44L, 1001L)));
        assertThat(ops).doesNotHaveAnyElementsOfTypes(Op.Uid.class, Op.Gid.class);
    }

    @Test
    void p10_nestedOnesAreDeniedByTheirNumber() {
        SandboxOp.Sysctl none = new SandboxOp.Sysctl("user/max_user_namespaces", "0");

        assertThat(ops(web(sandbox().nested(false)), FakeHostFacts.root())).contains(none);
        assertThat(made(sandbox().nested(false))).containsExactly(USER); // else it would be the host's number
        assertThat(ops(web(sandbox().nested(true)), FakeHostFacts.root())).doesNotContain(none);
        assertThat(ops(web(sandbox().ids(0, 0)), FakeHostFacts.root())).doesNotContain(none);
    }

    @Test
    void anObstacleIsNamed() {
        FakeHostFacts facts = FakeHostFacts.plainUser().withoutUserNamespaces("user.max_user_namespaces is 0");

        assertThat(refused(web(sandbox().hostname("web")), facts))
                .containsExactly(
                        at(30, "hostname") + "cannot make a user namespace for \"web\": user.max_user_namespaces is 0");
    }

    @Test
    void namespacesAreTheFirstOpAndTheGuardStays() {
        Plan plan = Compilations.compiled(web(sandbox().namespaces(PID)), FakeHostFacts.root())
                .plan();

        assertThat(plan.ops().get(0).op()).isInstanceOf(SandboxOp.Namespaces.class);
        assertThat(plan.guard()).isTrue();
        assertThat(plan.copy()).isTrue();
    }

    @Test
    void thePidNamespaceHasAnInitUnlessItIsRefused() {
        assertThat(ops(web(sandbox().namespaces(PID)), FakeHostFacts.root())).contains(new SandboxOp.Init());
        assertThat(ops(web(sandbox().namespaces(PID).init(false)), FakeHostFacts.root()))
                .doesNotContain(new SandboxOp.Init());
        assertThat(refused(web(sandbox().namespaces(UTS).init(true)), FakeHostFacts.root()))
                .containsExactly(at(31, "init") + "\"init\" needs the namespace \"pid\"");
    }

    @Test
    void p36_overlappingRanges() {
        SandboxSpecBuilder inside =
                sandbox().uidMap(0, 100_000, 10).uidMap(9, 200_000, 1).gidMap(0, 100_000, 1);
        SandboxSpecBuilder outside =
                sandbox().uidMap(0, 100_000, 10).uidMap(10, 100_009, 1).gidMap(0, 100_000, 1);
        SandboxSpecBuilder neighbours =
                sandbox().uidMap(0, 100_000, 10).uidMap(10, 100_010, 1).gidMap(0, 100_000, 1);

        for (SandboxSpecBuilder overlapping : List.of(inside, outside)) {
            assertThat(refused(web(overlapping), FakeHostFacts.root()))
                    .containsExactly(
                            at(32, "user_namespace.uid_map[1]") + "the range overlaps the one at ostler.yaml:31:7");
        }
        assertThat(namespacesOf(ops(web(neighbours), FakeHostFacts.root())).uidMap())
                .isEqualTo("0 100000 10\n10 100010 1");
    }

    @Test
    void p36_moreRangesThanTheKernelTakes() {
        assertThat(refused(web(manyRanges(341)), FakeHostFacts.root()))
                .containsExactly(
                        at(31, "user_namespace.uid_map[0]") + "\"uid_map\" has 341 ranges, the kernel takes 340");
        assertThat(namespacesOf(ops(web(manyRanges(340)), FakeHostFacts.root()))
                        .uidMap()
                        .lines())
                .hasSize(340);
    }

    @Test
    void p36_aMapThatIsLongerThanAPage() {
        SandboxSpecBuilder sandbox = sandbox();
        for (int i = 0; i < 200; i++) {
            sandbox.uidMap(1_000_000_000 + i, 1_000_000_000 + i, 1);
        }

        assertThat(refused(web(sandbox.ids(1_000_000_000, 0).gidMap(0, 100_000, 1)), FakeHostFacts.root()))
                .containsExactly(at(31, "user_namespace.uid_map[0]")
                        + "\"uid_map\" is a text of 4799 bytes, the kernel takes 4095");
    }

    private static SandboxSpecBuilder manyRanges(int count) {
        SandboxSpecBuilder sandbox = sandbox();
        for (int i = 0; i < count; i++) {
            sandbox.uidMap(i, 1000 + i, 1);
        }
        return sandbox.gidMap(0, 100_000, 1);
    }

    @Test
    void p36_idsBeyondTheLastOne() {
        long last = 4_294_967_294L;

        assertThat(refused(web(sandbox().uidMap(0, last, 2).gidMap(0, 1, 1)), FakeHostFacts.root()))
                .containsExactly(at(31, "user_namespace.uid_map[0]") + "the range ends above the last id, 4294967294");
        assertThat(refused(web(sandbox().uidMap(0, 1, 1).gidMap(0, 1, 1).gidMap(last, 5, 2)), FakeHostFacts.root()))
                .containsExactly(at(33, "user_namespace.gid_map[1]") + "the range ends above the last id, 4294967294");
        assertThat(namespacesOf(ops(web(sandbox().uidMap(0, last, 1).gidMap(0, 1, 1)), FakeHostFacts.root()))
                        .uidMap())
                .isEqualTo("0 4294967294 1");
    }

    @Test
    void p36_oneMapAlone() {
        assertThat(refused(web(sandbox().uidMap(0, 100_000, 1)), FakeHostFacts.root()))
                .containsExactly(at(30, "user_namespace")
                        + "\"uid_map\" and \"gid_map\" belong together; \"gid_map\" is missing");
        assertThat(refused(web(sandbox().gidMap(0, 100_000, 1)), FakeHostFacts.root()))
                .containsExactly(at(30, "user_namespace")
                        + "\"uid_map\" and \"gid_map\" belong together; \"uid_map\" is missing");
    }

    @Test
    void p36_rootOfTheHostWithoutSetfcap() {
        SandboxSpecBuilder identity = sandbox().uidMap(0, 0, 10).gidMap(0, 0, 10);

        assertThat(refused(web(identity), FakeHostFacts.root().withoutCapability(CAP_SETFCAP)))
                .containsExactly(at(31, "user_namespace.uid_map[0]") + "cannot map user id 0: needs CAP_SETFCAP,"
                        + " this supervisor runs as uid 0 without it");
        assertThat(namespacesOf(ops(web(identity), FakeHostFacts.root())).uidMap())
                .isEqualTo("0 0 10");
    }

    @Test
    void p36_idsThatDoNotExistForTheSupervisor() {
        assertThat(refused(web(sandbox().uidMap(0, 0, 2).gidMap(0, 0, 1)), FakeHostFacts.rootOfUserNamespace()))
                .containsExactly(at(31, "user_namespace.uid_map[0]")
                        + "not all ids of the range exist in the user namespace of this supervisor");
    }

    @Test
    void theIdInsideMustBeMapped() {
        assertThat(refused(web(sandbox().ids(7, 8).uidMap(0, 100_000, 7).gidMap(0, 100_000, 8)), FakeHostFacts.root()))
                .containsExactly(
                        at(30, "user_namespace") + "the service's uid inside, 7, is not in \"uid_map\"",
                        at(30, "user_namespace") + "the service's gid inside, 8, is not in \"gid_map\"");
    }

    @Test
    void aUserOfTheHostDoesNotGoWithMaps() {
        ServiceSpec app = service("web")
                .user("app")
                .groupAdd("video")
                .sandbox(sandbox().uidMap(0, 100_000, 7).gidMap(0, 100_000, 8).build())
                .build();

        assertThat(refused(app, FakeHostFacts.root()))
                .containsExactly(
                        "ostler.yaml:9:5 (services.web.user): \"user\" does not go with id maps;"
                                + " \"sandbox.user_namespace.uid\" is the id inside",
                        "ostler.yaml:10:5 (services.web.group_add[0]): \"group_add\" does not go with id maps");
    }

    @Test
    void aPlainUserNeedsTheHelpersForOtherIds() {
        SandboxSpecBuilder maps = sandbox().uidMap(0, 100_000, 65_536).gidMap(0, 200_000, 65_536);

        assertThat(refused(web(maps), FakeHostFacts.plainUser()))
                .containsExactly(
                        at(31, "user_namespace.uid_map[0]") + "cannot map other ids than its own for \"web\":"
                                + " needs CAP_SETUID and CAP_SETGID, or newuidmap (package uidmap)",
                        at(32, "user_namespace.gid_map[0]") + "cannot map other ids than its own for \"web\":"
                                + " needs CAP_SETUID and CAP_SETGID, or newgidmap (package uidmap)");
        SandboxOp.Namespaces op = namespacesOf(ops(
                web(maps),
                FakeHostFacts.plainUser()
                        .file("/usr/bin/newuidmap", Executable.EXECUTABLE)
                        .file("/bin/newgidmap", Executable.EXECUTABLE)));
        assertThat(op.uidHelper()).containsExactly("/usr/bin/newuidmap", "0", "100000", "65536");
        assertThat(op.gidHelper()).containsExactly("/bin/newgidmap", "0", "200000", "65536");
        assertThat(op.uid()).isZero();
    }

    @Test
    void kernelParametersOfTheHostAreRefused() {
        assertThat(refused(
                        web(sandbox()
                                .namespaces(NET, IPC)
                                .sysctl("vm.swappiness", "1")
                                .sysctl("kernel.pid_max", "9")),
                        FakeHostFacts.root()))
                .containsExactly(
                        at(32, "sysctls.vm.swappiness")
                                + "kernel parameter \"vm.swappiness\" belongs to the host, not to a namespace",
                        at(33, "sysctls.kernel.pid_max")
                                + "kernel parameter \"kernel.pid_max\" belongs to the host, not to a namespace");
    }

    @Test
    void kernelParametersNeedTheirNamespace() {
        assertThat(refused(web(sandbox().sysctl("net.core.somaxconn", "9").namespaces(UTS)), FakeHostFacts.root()))
                .containsExactly(at(30, "sysctls.net.core.somaxconn") + "kernel parameter \"net.core.somaxconn\" needs"
                        + " the namespace \"net\", else it would change the host");
        assertThat(refused(web(sandbox().sysctl("kernel.shmmax", "9")), FakeHostFacts.root()))
                .containsExactly(at(30, "sysctls.kernel.shmmax") + "kernel parameter \"kernel.shmmax\" needs"
                        + " the namespace \"ipc\", else it would change the host");
    }

    @Test
    void anInterfaceWithADotInItsName() {
        assertThat(ops(
                        web(sandbox().namespaces(NET).sysctl("net.ipv4.conf.eth0/5.forwarding", "1")),
                        FakeHostFacts.root()))
                .contains(new SandboxOp.Sysctl("net/ipv4/conf/eth0.5/forwarding", "1"));
    }

    @Test
    void aNamespaceIsJoinedOrMadeNotBoth() {
        assertThat(refused(web(sandbox().readOnly().join(MOUNT, "/proc/1/ns/mnt")), FakeHostFacts.root()))
                .containsExactly(at(31, "join.mount") + "namespace \"mount\" cannot be joined: the service gets one of"
                        + " its own, by ostler.yaml:30:7 (services.web.sandbox.read_only)");
    }

    @Test
    void theUserNamespaceIsJoinedFirst() {
        assertThat(ops(
                                web(sandbox().join(NET, "/proc/1/ns/net").join(USER, "/proc/1/ns/user")),
                                FakeHostFacts.plainUser())
                        .stream()
                        .filter(SandboxOp.Join.class::isInstance))
                .containsExactly(
                        new SandboxOp.Join("/proc/1/ns/user", USER), new SandboxOp.Join("/proc/1/ns/net", NET));
    }

    @Test
    void whoJoinsAServiceDependsOnIt() {
        assertThat(refused(web(sandbox().joinService(NET, "db")), FakeHostFacts.root()))
                .containsExactly(
                        at(30, "join.net") + "\"web\" must have \"db\" in \"depends_on\" to join its namespace");
    }

    /** Root of a user namespace that a plain user has made has every capability, but no group can be given up there. */
    @Test
    void rootOfAUserNamespaceWithoutSetgroupsLeavesGroupsAlone() {
        List<Op> ops = ops(web(sandbox().ids(0, 0)), FakeHostFacts.rootOfUserNamespace());

        assertThat(namespacesOf(ops).denySetgroups()).isTrue();
        assertThat(namespacesOf(ops).gid()).isZero();
        assertThat(ops).noneMatch(op -> op instanceof Op.Groups);
    }

    @Test
    void whatIsMadeBelongsToTheUserNamespaceThatIsJoined() {
        assertThat(ops(
                        web(sandbox()
                                .join(USER, "/proc/1/ns/user")
                                .namespaces(PID)
                                .filesystem("proc", "/proc")),
                        FakeHostFacts.plainUser()))
                .filteredOn(SandboxOp.Namespaces.class::isInstance)
                .singleElement()
                .satisfies(op -> assertThat(types((SandboxOp.Namespaces) op)).containsExactly(MOUNT, PID));
    }

    private static ServiceSpec web(SandboxSpecBuilder sandbox) {
        return service("web").sandbox(sandbox.build()).build();
    }

    private static String at(int line, String key) {
        return String.format(AT, line, key);
    }

    private static List<NamespaceType> made(SandboxSpecBuilder sandbox) {
        return ops(web(sandbox), FakeHostFacts.root()).stream()
                .filter(SandboxOp.Namespaces.class::isInstance)
                .flatMap(op -> types((SandboxOp.Namespaces) op).stream())
                .toList();
    }

    private static SandboxOp.Namespaces namespacesOf(List<Op> ops) {
        return (SandboxOp.Namespaces) ops.get(0);
    }

    private static List<NamespaceType> types(SandboxOp.Namespaces op) {
        return Arrays.stream(NamespaceType.values())
                .filter(type -> (op.flags() & type.flag()) != 0)
                .toList();
    }
}

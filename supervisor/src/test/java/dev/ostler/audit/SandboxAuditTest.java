package dev.ostler.audit;

import static dev.ostler.audit.FakeKernel.CHILD;
import static dev.ostler.audit.FakeKernel.KEEPER;
import static dev.ostler.audit.FakeKernel.MAIN;
import static dev.ostler.audit.FakeKernel.SUPERVISOR;
import static dev.ostler.linux.LinuxConstants.MOUNT_ATTR_NODEV;
import static dev.ostler.linux.LinuxConstants.MOUNT_ATTR_NOEXEC;
import static dev.ostler.linux.LinuxConstants.MOUNT_ATTR_NOSUID;
import static dev.ostler.linux.LinuxConstants.MOUNT_ATTR_RDONLY;
import static dev.ostler.linux.LinuxConstants.S_IFDIR;
import static dev.ostler.linux.LinuxConstants.S_IFREG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.linux.Mount;
import dev.ostler.linux.NamespaceVisit;
import dev.ostler.plan.CgroupFile;
import dev.ostler.plan.CgroupVersion;
import dev.ostler.plan.Degraded;
import dev.ostler.plan.Op;
import dev.ostler.plan.OpKind;
import dev.ostler.plan.OpsTableTest;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import dev.ostler.spec.NamespaceType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Namespaces, mounts, cgroups and threads of a service, on a kernel that says what a test wants. */
class SandboxAuditTest {
    private static final Origin ORIGIN = new Origin("ostler.yaml", 3, 5, "services.a.key");
    private static final int SEALED = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    private static final long RECURSIVE = 1 << 24;
    private static final long OPTIONAL = 1 << 25;
    private static final long OWN = 77;

    private final FakeKernel kernel = new FakeKernel();
    private final FakeSandbox sandbox = kernel.sandbox;
    private List<CgroupFile> cgroup = List.of();
    private List<Degraded> degraded = List.of();
    private Map<ServiceName, Pid> joined = Map.of();

    private List<Finding> audit(Op... asked) {
        List<PlannedOp> ops = new ArrayList<>();
        for (Op op : asked) {
            ops.add(new PlannedOp(op, ORIGIN, "reason"));
        }
        ops.add(new PlannedOp(
                new Op.Execve(List.of("/bin/program"), List.of("program"), List.of("PATH=/bin", "HOME=/")),
                ORIGIN,
                "reason"));
        Plan plan = new Plan(true, false, 2, Plan.DEFAULT_DEADLINE, Optional.empty(), ops, Set.of(), cgroup);
        Subject subject = new Subject(
                plan,
                1000,
                MAIN,
                List.of(MAIN, CHILD),
                degraded,
                joined,
                "a-1",
                Optional.of(7L),
                "cgroup",
                Optional.empty(),
                KEEPER,
                SUPERVISOR,
                Map.of());
        return Audit.of(subject, kernel);
    }

    private static Finding find(List<Finding> findings, String item) {
        return findings.stream()
                .filter(finding -> finding.item().equals(item))
                .findFirst()
                .orElseThrow(() -> new AssertionError(item + " is not among " + findings));
    }

    private Finding find(String item, Op... asked) {
        return find(audit(asked), item);
    }

    private static void assertIs(Finding finding, Verdict verdict, String truth) {
        assertThat(finding.verdict()).as(finding.toString()).isEqualTo(verdict);
        assertThat(finding.truth()).isEqualTo(truth);
    }

    /** Dispositions and keep-caps are the program's own from execve(2) on. */
    @TestFactory
    Stream<DynamicTest> everyOpHasALine() {
        Set<OpKind> without = Set.of(OpKind.SIGNALS, OpKind.KEEPCAPS, OpKind.EXECVE);
        return OpsTableTest.oneOfEach().stream()
                .filter(op -> !without.contains(op.kind()))
                .map(op -> DynamicTest.dynamicTest(op.kind().name(), () -> {
                    cgroup = op instanceof Op.CgroupJoin
                            ? List.of(new CgroupFile("pids", CgroupVersion.V1, "pids.max", "5", ORIGIN))
                            : List.of();
                    List<Finding> findings = audit(op);

                    assertThat(findings)
                            .filteredOn(finding -> finding.origin().equals(ORIGIN.toString()))
                            .extracting(Finding::item)
                            .anyMatch(item -> !Set.of("program", "environment", "pids.max")
                                    .contains(item));
                    assertThat(findings).extracting(Finding::truth).doesNotContain(Audit.NOT_KNOWN);
                }));
    }

    @Test
    void namespacesAreComparedWithThoseOfTheSupervisor() {
        SandboxOp.Namespaces asked = namespaces(NamespaceType.PID.flag() | NamespaceType.NET.flag(), "", "");
        sandbox.own.add(NamespaceType.PID);

        assertIs(find("namespace pid", asked), Verdict.AGREES, "its own");
        assertIs(find("namespace net", asked), Verdict.DIFFERS, "the supervisor's");
        assertIs(find("other namespaces", asked), Verdict.AGREES, "the supervisor's");

        sandbox.own.add(NamespaceType.UTS);
        assertIs(find("other namespaces", asked), Verdict.CHANGED, "uts of its own");

        sandbox.unreadable.add("ns");
        assertThat(find("namespace pid", asked).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(find("namespace pid", asked).truth()).startsWith("unknown: needs CAP_SYS_PTRACE: ");
    }

    private static SandboxOp.Namespaces namespaces(long flags, String uidMap, String gidMap) {
        return new SandboxOp.Namespaces(
                flags, !uidMap.isEmpty(), SandboxOp.NO_ID, SandboxOp.NO_ID, uidMap, gidMap, List.of(), List.of());
    }

    @Test
    void aJoinedNamespaceIsThatOfThePath() {
        int own = 110 + NamespaceType.NET.ordinal();
        sandbox.own.add(NamespaceType.NET);

        assertIs(
                find("namespace net", new SandboxOp.Join("/run/" + own, NamespaceType.NET)),
                Verdict.AGREES,
                "that of /run/" + own);
        assertIs(find("namespace net", new SandboxOp.Join("/run/1", NamespaceType.NET)), Verdict.DIFFERS, "another");
    }

    @Test
    void aNamespaceOfAnotherServiceIsThatOfItsProcess() {
        ServiceName db = new ServiceName("db");
        SandboxOp.JoinProcess asked = new SandboxOp.JoinProcess(0, NamespaceType.NET.flag(), db);
        assertIs(find("namespace net", asked), Verdict.UNKNOWN, "service db does not run");

        joined = Map.of(db, CHILD);
        assertIs(find("namespace net", asked), Verdict.AGREES, "that of service db");

        sandbox.own.add(NamespaceType.NET);
        assertIs(find("namespace net", asked), Verdict.DIFFERS, "another");
    }

    @Test
    void mapsAndSetgroupsAreThoseOfTheKernel() {
        SandboxOp.Namespaces asked = namespaces(NamespaceType.USER.flag(), "0 1000 1", "0 1000 1\n5 5 1");
        sandbox.own.add(NamespaceType.USER);
        sandbox.tables.put("uid_map", List.of(List.of("0", "1000", "1")));
        sandbox.tables.put("gid_map", List.of(List.of("5", "5", "1"), List.of("0", "1000", "1")));
        sandbox.tables.put("setgroups", List.of(List.of("deny")));

        assertIs(find("uid_map", asked), Verdict.AGREES, "0 1000 1");
        assertIs(find("gid_map", asked), Verdict.AGREES, "5 5 1, 0 1000 1");
        assertIs(find("setgroups", asked), Verdict.AGREES, "deny");

        sandbox.tables.put("uid_map", List.of(List.of("0", "0", "4294967295")));
        sandbox.tables.put("setgroups", List.of(List.of("allow")));
        assertIs(find("uid_map", asked), Verdict.DIFFERS, "0 0 4294967295");
        assertIs(find("setgroups", asked), Verdict.DIFFERS, "allow");
    }

    @Test
    void groupsInsideAreThoseThatTheMapGives() {
        SandboxOp.Namespaces asked = namespaces(NamespaceType.USER.flag(), "0 1000 1", "0 1000 1\n7 20 1");
        sandbox.tables.put("setgroups", List.of(List.of("deny")));

        assertThat(find("groups", asked, new Op.Groups(List.of(0L, 7L))).verdict())
                .isEqualTo(Verdict.AGREES);
        assertIs(find("groups", asked, new Op.Groups(List.of(7L))), Verdict.DIFFERS, "20,1000");
    }

    @Test
    void clocksNamesAndParameters() {
        SandboxOp.TimeOffsets clocks = new SandboxOp.TimeOffsets(3600, -5);
        sandbox.own.add(NamespaceType.TIME);
        sandbox.tables.put(
                "timens_offsets", List.of(List.of("monotonic", "3600", "0"), List.of("boottime", "-5", "0")));
        sandbox.sysctls.put("net/ipv4/ping_group_range", "0\t7");
        SandboxOp.Sysctl sysctl = new SandboxOp.Sysctl("net/ipv4/ping_group_range", "0 7");

        assertThat(find("time offsets", clocks).verdict()).isEqualTo(Verdict.AGREES);
        assertThat(find("hostname", new SandboxOp.Hostname("web", "")).verdict())
                .isEqualTo(Verdict.AGREES);
        assertThat(find("sysctl net/ipv4/ping_group_range", sysctl).verdict()).isEqualTo(Verdict.AGREES);
        assertThat(find("sysctl user/max_pid_namespaces", new SandboxOp.Sysctl("user/max_pid_namespaces", "0"))
                        .verdict())
                .isEqualTo(Verdict.UNKNOWN);

        sandbox.names = new NamespaceVisit.Names("evil", "d");
        sandbox.sysctls.put("net/ipv4/ping_group_range", "1 0");
        assertIs(find("time offsets", new SandboxOp.TimeOffsets(1, -5)), Verdict.DIFFERS, clocks.text());
        assertIs(find("hostname", new SandboxOp.Hostname("web", "")), Verdict.DIFFERS, "\"evil\"");
        assertIs(find("hostname", new SandboxOp.Hostname("evil", "x")), Verdict.DIFFERS, "\"evil\" domain=\"d\"");
        assertIs(find("sysctl net/ipv4/ping_group_range", sysctl), Verdict.DIFFERS, "1 0");

        sandbox.mayVisit = false;
        assertThat(find("hostname", new SandboxOp.Hostname("web", "")).truth())
                .startsWith("unknown: needs CAP_SYS_ADMIN: setns ");
    }

    @Test
    void theLoopbackInterfaceIsUpWhenItsAddressIsLocal() {
        assertIs(find("loopback", new SandboxOp.Loopback()), Verdict.DIFFERS, "down");

        sandbox.tables.put("net/fib_trie", List.of(List.of("|--", "127.0.0.1")));

        assertIs(find("loopback", new SandboxOp.Loopback()), Verdict.AGREES, "up");
    }

    /** A root of its own with a bind, a file system in it, a mask, a read-only path; as launched. */
    private Op[] tree() {
        mount(50, 1, OWN, "tmpfs", "/", "/", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_RDONLY);
        mount(51, 50, FakeSandbox.HOST_DEVICE, "ext4", "/usr", "/usr", MOUNT_ATTR_RDONLY);
        mount(52, 50, 78, "tmpfs", "/", "/tmp", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
        mount(53, 50, 79, "proc", "/", "/proc", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
        mount(54, 53, 80, "tmpfs", "/empty.file", "/proc/kcore", SEALED);
        mount(55, 53, 79, "proc", "/sys", "/proc/sys", SEALED);
        sandbox.file("/run/web", S_IFDIR, 0, "");
        sandbox.file("/etc/hostname", S_IFREG, 4, "");
        sandbox.file("/bin", 0, 0, "usr/bin");
        return new Op[] {
            new SandboxOp.Root(SandboxOp.Root.Kind.NEW, "tmpfs", List.of(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV),
            new SandboxOp.Bind("/usr", "/usr", MOUNT_ATTR_RDONLY),
            new SandboxOp.Filesystem("tmpfs", "/tmp", List.of("size=1m"), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV),
            new SandboxOp.Filesystem(
                    "proc", "/proc", List.of(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC),
            new SandboxOp.Bind("/opt", "/opt", OPTIONAL),
            new SandboxOp.Mkdir("/run/web", 0755),
            new SandboxOp.File("/etc/hostname", 0644, "web\n"),
            new SandboxOp.Symlink("usr/bin", "/bin"),
            new SandboxOp.Mask("/proc/kcore"),
            new SandboxOp.Mask("/proc/none"),
            new SandboxOp.ReadOnly("/proc/sys", true),
            new SandboxOp.ReadOnly("/", false),
            new SandboxOp.Pivot(),
            new SandboxOp.VerifyMounts(),
        };
    }

    private void mount(long id, long parent, long device, String type, String root, String point, long attributes) {
        sandbox.mounts.add(new Mount(id, parent, device, type, root, point, attributes));
    }

    private void replace(String point, long device, String type, String root, long attributes) {
        Mount old = sandbox.mounts.stream()
                .filter(mount -> mount.point().equals(point))
                .findFirst()
                .orElseThrow();
        sandbox.mounts.set(
                sandbox.mounts.indexOf(old), new Mount(old.id(), old.parent(), device, type, root, point, attributes));
    }

    @Test
    void aTreeAsItWasBuiltDiffersNowhere() {
        List<Finding> findings = audit(tree());

        assertThat(findings)
                .filteredOn(finding -> finding.verdict() != Verdict.NOTE)
                .allSatisfy(finding ->
                        assertThat(finding.verdict()).as(finding.toString()).isIn(Verdict.AGREES, Verdict.CHANGED));
        assertIs(find(findings, "mount /usr"), Verdict.AGREES, "ext4 ro");
        assertIs(find(findings, "mount /opt"), Verdict.AGREES, "nothing is there");
        assertIs(find(findings, "mask /proc/none"), Verdict.AGREES, "nothing is there");
        assertIs(find(findings, "link /bin"), Verdict.AGREES, "usr/bin");
        assertIs(find(findings, "file /etc/hostname"), Verdict.AGREES, "4 bytes");
        assertIs(find(findings, "pivot"), Verdict.AGREES, "it sees 6 of 6 mounts");
        assertIs(find(findings, "mounts"), Verdict.AGREES, "4 of 6");
        assertThat(find(findings, "mount /tmp").asked()).isEqualTo("tmpfs at \"/tmp\" size=1m nosuid,nodev");
    }

    @TestFactory
    Stream<DynamicTest> eachChangeOfTheTreeIsFound() {
        return Stream.of(
                change("mount /usr", "ext4 rw: not ro", () -> replace("/usr", 1, "ext4", "/usr", 0)),
                change(
                        "mount /usr",
                        "ext4 ro: it is not \"/usr\" of the host",
                        () -> replace("/usr", 1, "ext4", "/home", MOUNT_ATTR_RDONLY)),
                change(
                        "mount /usr",
                        "tmpfs ro: it is not \"/usr\" of the host",
                        () -> mount(60, 51, 90, "tmpfs", "/", "/usr", MOUNT_ATTR_RDONLY)),
                change(
                        "mount /tmp",
                        "tmpfs rw,nodev: not nosuid",
                        () -> replace("/tmp", 78, "tmpfs", "/", MOUNT_ATTR_NODEV)),
                change(
                        "mount /tmp",
                        "ext4 rw,nosuid,nodev: not tmpfs",
                        () -> replace("/tmp", 78, "ext4", "/", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)),
                change(
                        "mount /tmp",
                        "tmpfs rw,nosuid,nodev: it lies over tmpfs rw,nosuid,nodev",
                        () -> mount(60, 52, 90, "tmpfs", "/", "/tmp", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)),
                change("mount /mnt", "tmpfs rw", () -> mount(60, 50, 90, "tmpfs", "/", "/mnt", 0)),
                change("mount /tmp/x", "ext4 rw", () -> mount(60, 52, 1, "ext4", "/etc", "/tmp/x", 0)),
                change("mount /proc/sys/net", "tmpfs rw", () -> mount(60, 55, 9, "tmpfs", "/", "/proc/sys/net", 0)),
                change("mask /proc/kcore", "not mounted", () -> {
                    sandbox.mounts.removeIf(mount -> mount.point().equals("/proc/kcore"));
                    sandbox.file("/proc/kcore", S_IFREG, 1, "");
                }),
                change("read-only /proc/sys", "proc rw: not ro", () -> replace("/proc/sys", 79, "proc", "/sys", 0)),
                change(
                        "read-only /",
                        "tmpfs rw,nosuid,nodev: not ro",
                        () -> replace("/", OWN, "tmpfs", "/", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)),
                change(
                        "mounts",
                        "missing: /tmp",
                        () -> sandbox.mounts.removeIf(mount -> mount.point().equals("/tmp"))),
                change("pivot", "it sees 5 of 6 mounts", () -> sandbox.unseenMounts = 1));
    }

    private DynamicTest change(String item, String truth, Runnable change) {
        return DynamicTest.dynamicTest(item + " " + truth, () -> {
            sandbox.mounts.clear();
            sandbox.unseenMounts = 0;
            Op[] asked = tree();
            change.run();

            assertIs(find(item, asked), Verdict.DIFFERS, truth);
        });
    }

    @Test
    void whatTheServiceMayChangeInItsFilesIsItsOwn() {
        Op[] asked = tree();
        sandbox.file("/etc/hostname", S_IFREG, 5, "");
        sandbox.tree.remove("/run/web");

        assertIs(find("file /etc/hostname", asked), Verdict.CHANGED, "5 bytes");
        assertIs(find("directory /run/web", asked), Verdict.CHANGED, "gone");
    }

    @Test
    void aPathThatLeadsThroughALinkIsFoundWhereItLeads() {
        mount(50, 1, FakeSandbox.HOST_DEVICE, "ext4", "/image", "/", 0);
        mount(51, 50, 78, "tmpfs", "/", "/run/web", 0);
        sandbox.links.put("/var/run/web", "/run/web");

        List<Finding> findings = audit(
                new SandboxOp.Root(SandboxOp.Root.Kind.COPY, "/image", List.of(), 0),
                new SandboxOp.Filesystem("tmpfs", "/var/run/web", List.of(), 0));

        assertIs(find(findings, "mount /run/web"), Verdict.AGREES, "tmpfs rw");
        assertThat(findings).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS);
    }

    @Test
    void whatARecursiveRootTakesAlongIsExplainedByTheHost() {
        sandbox.hostMounts.add(new Mount(2, 1, 5, "tmpfs", "/", "/dev/shm", 0));
        mount(50, 1, FakeSandbox.HOST_DEVICE, "ext4", "/", "/", MOUNT_ATTR_RDONLY);
        mount(51, 50, 5, "tmpfs", "/", "/dev/shm", MOUNT_ATTR_RDONLY);
        SandboxOp.Root root = new SandboxOp.Root(SandboxOp.Root.Kind.COPY, "/", List.of(), MOUNT_ATTR_RDONLY);

        assertThat(audit(root)).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS);

        replace("/dev/shm", 5, "tmpfs", "/", 0);
        assertIs(find("root", root), Verdict.DIFFERS, "ext4 ro: 1 below without that: /dev/shm");
    }

    @Test
    void whatALaterMountHidesIsNotLookedFor() {
        mount(50, 1, OWN, "tmpfs", "/", "/", 0);
        mount(51, 50, 78, "tmpfs", "/", "/a/b", 0);
        mount(52, 50, 79, "tmpfs", "/", "/a", 0);
        Op[] asked = {
            new SandboxOp.Root(SandboxOp.Root.Kind.NEW, "tmpfs", List.of(), 0),
            new SandboxOp.Filesystem("tmpfs", "/a/b", List.of(), 0),
            new SandboxOp.File("/a/b/c", 0644, "x"),
            new SandboxOp.Filesystem("tmpfs", "/a", List.of(), 0),
        };

        assertIs(find("mount /a/b", asked), Verdict.AGREES, "hidden by mount /a");
        assertIs(find("file /a/b/c", asked), Verdict.AGREES, "hidden by a later mount");
        assertThat(audit(asked)).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS);
    }

    @Test
    void mountsThatTheKernelDoesNotTellAreUnknown() {
        Op[] asked = tree();
        sandbox.unreadable.add("mounts");

        assertThat(find("root", asked).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(find("mount /usr", asked).truth()).startsWith("unknown: needs CAP_SYS_PTRACE: ");
    }

    @Test
    void limitsAreWhatTheFilesOfTheCgroupSay() {
        cgroup = List.of(
                limit("memory.max", "10000"),
                limit("cpu.max", "50000 100000"),
                limit("cpuset.cpus", "0,1,2"),
                limit("hugetlb.2MB.max", "5000000"),
                limit("cpu.weight", "200"),
                limit("io.max", "8:0 rbps=1048576"));
        sandbox.cgroupFiles.put("memory.max", "8192");
        sandbox.cgroupFiles.put("cpu.max", "50000 100000");
        sandbox.cgroupFiles.put("cpuset.cpus", "0-2");
        sandbox.cgroupFiles.put("hugetlb.2MB.max", "4194304");
        sandbox.cgroupFiles.put("cpu.weight", "200");
        sandbox.cgroupFiles.put("io.max", "254:0 rbps=7\n8:0 rbps=1048576 wbps=max riops=max wiops=max");

        assertThat(audit()).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS, Verdict.UNKNOWN);
        assertIs(find("memory.max"), Verdict.AGREES, "8192");

        sandbox.cgroupFiles.put("memory.max", "4096");
        sandbox.cgroupFiles.put("cpu.weight", "100");
        sandbox.cgroupFiles.put("io.max", "8:0 rbps=max");
        sandbox.cgroupFiles.remove("cpu.max");
        assertIs(find("memory.max"), Verdict.DIFFERS, "4096");
        assertIs(find("cpu.weight"), Verdict.DIFFERS, "100");
        assertIs(find("io.max"), Verdict.DIFFERS, "8:0 rbps=max");
        assertThat(find("cpu.max").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    private static CgroupFile limit(String file, String value) {
        return new CgroupFile(file.split("\\.")[0], CgroupVersion.V2, file, value, ORIGIN);
    }

    @Test
    void allProcessesAreInTheCgroupOfTheRunAndItIsTheOneThatWasMade() {
        assertIs(find("cgroup"), Verdict.AGREES, "a-1, 2 processes, id 7");

        sandbox.cgroups.put(CHILD, Path.of("/sys/fs/cgroup/ostler-x/a-1/below"));
        assertIs(find("cgroup"), Verdict.AGREES, "a-1, 2 processes, id 7");

        sandbox.cgroupId = 8;
        assertIs(find("cgroup"), Verdict.DIFFERS, "a-1, 2 processes, id 8 and not 7");

        sandbox.cgroups.put(CHILD, Path.of("/sys/fs/cgroup"));
        assertIs(find("cgroup"), Verdict.DIFFERS, "a-1, 1 process, but not process 101");

        sandbox.cgroups.put(MAIN, Path.of("/sys/fs/cgroup/other"));
        assertIs(find("cgroup"), Verdict.DIFFERS, "in /sys/fs/cgroup/other");
    }

    /** P18: what the kernel keeps for each thread is true of all of them. */
    @TestFactory
    Stream<DynamicTest> p18_allThreadsAlike() {
        return Stream.of(
                thread("uid", "real=0 effective=0 saved=0 file system=0 in 1 of 2 threads", k -> k.uid = 0),
                thread("gid", "real=0 effective=0 saved=0 file system=0 in 1 of 2 threads", k -> k.uid = 0),
                thread("groups", "0 in 1 of 2 threads", k -> k.groups = List.of(0L)),
                thread("no_new_privs", "0 in 1 of 2 threads", k -> k.noNewPrivs = false),
                thread("CPU affinity", "0-2 in 1 of 2 threads", k -> k.affinity = BitSet.valueOf(new long[] {7})),
                thread(
                        "capabilities effective",
                        "CHOWN,KILL in 1 of 2 threads",
                        k -> k.capabilities = new CapabilitySets(0x21, 1, 1, 1, 1)));
    }

    private DynamicTest thread(String item, String truth, Consumer<FakeKernel> other) {
        Op[] asked = {
            new Op.Affinity(List.of(0, 1)),
            new Op.Bounding(1),
            new Op.Groups(List.of(20L, 1000L)),
            new Op.Gid(1000),
            new Op.Uid(1000),
            new Op.CapSet(1, 1, 1),
            new Op.Ambient(1),
            new Op.NoNewPrivs(),
        };
        return DynamicTest.dynamicTest(item, () -> {
            kernel.otherThread = k -> {};
            assertThat(find(item, asked).verdict()).isEqualTo(Verdict.AGREES);
            kernel.otherThread = other;
            assertIs(find(item, asked), Verdict.DIFFERS, truth);
        });
    }

    @Test
    void whatWasLeftOutIsSaidWithItsLine() {
        degraded = List.of(new Degraded(ORIGIN, "cannot limit \"a\": no controller"));

        Finding left = find("left out");

        assertThat(left.verdict()).isEqualTo(Verdict.LEFT_OUT);
        assertThat(left.truth()).isEqualTo("cannot limit \"a\": no controller");
        assertThat(left.origin()).isEqualTo(ORIGIN.toString());
    }
}

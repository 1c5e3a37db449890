package dev.ostler.audit;

import static dev.ostler.audit.FakeKernel.CHILD;
import static dev.ostler.audit.FakeKernel.KEEPER;
import static dev.ostler.audit.FakeKernel.MAIN;
import static dev.ostler.audit.FakeKernel.SUPERVISOR;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.linux.CapabilitySets;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.Rlimits;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.LandlockRuleset;
import dev.ostler.plan.LandlockRuleset.PathRule;
import dev.ostler.plan.LandlockRuleset.PortRule;
import dev.ostler.plan.Op;
import dev.ostler.plan.Plan;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import dev.ostler.spec.UlimitSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AuditTest {
    private static final Origin ORIGIN = new Origin("ostler.yaml", 3, 5, "services.a.key");

    private static final List<Op> OPS = List.of(
            new Op.Fds(Descriptors.supervised()),
            new Op.Signals(),
            new Op.Setsid(),
            new Op.OomScoreAdj(100),
            new Op.Rlimit(UlimitSpec.Resource.NOFILE, 150, 200),
            new Op.Nice(5),
            new Op.Affinity(List.of(0, 1)),
            new Op.Bounding(1),
            new Op.KeepCaps(true),
            new Op.Groups(List.of(20L, 1000L)),
            new Op.Gid(1000),
            new Op.Uid(1000),
            new Op.CapSet(0x101, 0x101, 1),
            new Op.Ambient(1),
            new Op.KeepCaps(false),
            new Op.SecureBits(1),
            new Op.CapSet(1, 1, 1),
            new Op.DeathSignal(Signal.KILL),
            new Op.Chdir("/srv"),
            new Op.Umask(0027),
            new Op.Rlimit(UlimitSpec.Resource.NOFILE, 100, 200),
            new Op.NoNewPrivs(),
            new Op.Landlock(new LandlockRuleset(
                    1, 3, 2, List.of(new PathRule("/usr", 1, 1, false, "")), List.of(new PortRule(8080, 1, "")))),
            new Op.Seccomp(false, List.of(0x7fff000000000006L)),
            new Op.Execve(
                    List.of("/usr/bin/program", "/bin/program"), List.of("program"), List.of("PATH=/bin", "HOME=/")));

    private final FakeKernel kernel = new FakeKernel();

    private static Subject subject(boolean guarded, Optional<Pid> guard, String means) {
        return subject(OPS, guarded, guard, means);
    }

    private static Subject subject(List<Op> asked, boolean guarded, Optional<Pid> guard, String means) {
        List<PlannedOp> ops =
                asked.stream().map(op -> new PlannedOp(op, ORIGIN, "reason")).toList();
        Plan plan =
                new Plan(true, guarded, 2, Plan.DEFAULT_DEADLINE, Optional.of(Signal.KILL), ops, Set.of(), List.of());
        return new Subject(
                plan,
                1000,
                MAIN,
                List.of(MAIN, CHILD),
                List.of(),
                Map.of(),
                "a-1",
                Optional.of(7L),
                means,
                guard,
                KEEPER,
                SUPERVISOR,
                Map.of());
    }

    private List<Finding> audit() {
        return Audit.of(subject(false, Optional.empty(), "cgroup"), kernel);
    }

    private Finding find(String item) {
        return find(audit(), item);
    }

    private static Finding find(List<Finding> findings, String item) {
        return findings.stream()
                .filter(finding -> finding.item().equals(item))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aServiceAsItWasLaunchedDiffersNowhere() {
        assertThat(audit())
                .filteredOn(finding -> finding.verdict() == Verdict.UNKNOWN)
                .extracting(Finding::item)
                .containsExactly("securebits", "death signal", "landlock");
        assertThat(audit()).extracting(Finding::verdict).doesNotContain(Verdict.DIFFERS, Verdict.CHANGED);
    }

    @Test
    void landlockIsNotReadableFromOutside() {
        assertThat(find("landlock").asked()).isEqualTo("1 path, 1 port to bind, 0 ports to connect to, scope signal");
        assertThat(find("landlock").truth()).isEqualTo("not readable from outside");
        assertThat(audit()).extracting(Finding::item).doesNotContain("landlock errata");
    }

    @Test
    void c44_errorsOfLandlockThatTheKernelMayStillHaveAreNoted() {
        kernel.errata = 0b010;

        assertThat(find("landlock errata").verdict()).isEqualTo(Verdict.NOTE);
        assertThat(find("landlock errata").truth())
                .isEqualTo("not known to be repaired here: rules of TCP also hit other stream sockets, MPTCP for one;"
                        + " a directory that is moved out of a bind mount may give files more rights");

        kernel.errata = 0b101;

        assertThat(find("landlock errata").truth())
                .isEqualTo("not known to be repaired here: threads of one process may be kept from signalling each"
                        + " other");
    }

    @Test
    void onlyTheLastOpForAThingCounts() {
        assertThat(audit())
                .filteredOn(finding -> finding.item().equals("limit nofile"))
                .hasSize(1);
        assertThat(find("limit nofile").asked()).isEqualTo("100/200");
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change("uid", Verdict.DIFFERS, "real=0 effective=0 saved=0 file system=0", k -> k.uid = 0),
                change("gid", Verdict.DIFFERS, "real=0 effective=0 saved=0 file system=0", k -> k.uid = 0),
                change("groups", Verdict.DIFFERS, "none", k -> k.groups = List.of()),
                change("no_new_privs", Verdict.DIFFERS, "0", k -> k.noNewPrivs = false),
                change(
                        "seccomp",
                        Verdict.DIFFERS,
                        "none in 2 of 2 threads",
                        k -> k.seccomp = k.otherThreadsSeccomp = 0),
                change("seccomp", Verdict.DIFFERS, "none in 1 of 2 threads", k -> k.otherThreadsSeccomp = 0),
                change("seccomp", Verdict.DIFFERS, "1 filter in 2 threads", k -> k.inheritedFilters = 1),
                change("seccomp", Verdict.CHANGED, "3 filters in 2 threads", k -> k.seccompFilters = 3),
                change("session", Verdict.DIFFERS, "of process 1", k -> k.session = 1),
                change("nice", Verdict.DIFFERS, "-3", k -> k.nice = -3),
                change("oom_score_adj", Verdict.DIFFERS, "0", k -> k.oomScoreAdj = 0),
                change("CPU affinity", Verdict.DIFFERS, "1", k -> k.affinity = BitSet.valueOf(new long[] {0b10})),
                change("limit nofile", Verdict.DIFFERS, "100/300", k -> k.nofile = new Rlimits.Limit(100, 300)),
                change("limit nofile", Verdict.CHANGED, "200/200", k -> k.nofile = new Rlimits.Limit(200, 200)),
                change("umask", Verdict.CHANGED, "0000", k -> k.umask = 0),
                change("working directory", Verdict.CHANGED, "/", k -> k.workingDirectory = Path.of("/")),
                change("executable", Verdict.CHANGED, "/bin/other", k -> k.executable = Path.of("/bin/other")),
                change(
                        "environment",
                        Verdict.DIFFERS,
                        "3 variables +LD_PRELOAD",
                        k -> k.environment = List.of("PATH", "HOME", "LD_PRELOAD")),
                change(
                        "environment",
                        Verdict.CHANGED,
                        "2 variables +PWD -HOME",
                        k -> k.environment = List.of("PATH", "PWD")),
                change("parent", Verdict.DIFFERS, "process 1", k -> k.parent = 1),
                change(
                        "descriptors",
                        Verdict.CHANGED,
                        "0=closed 1=pipe:[2] 2=pipe:[3] and 0 of its own",
                        k -> k.files.get(MAIN).remove(0)));
    }

    private static Arguments change(String item, Verdict verdict, String truth, Consumer<FakeKernel> change) {
        return Arguments.of(item, verdict, truth, change);
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("changes")
    void judges(String item, Verdict verdict, String truth, Consumer<FakeKernel> change) {
        change.accept(kernel);

        Finding finding = find(item);

        assertThat(finding.verdict()).isEqualTo(verdict);
        assertThat(finding.truth()).isEqualTo(truth);
    }

    @Test
    void aCapabilityTooManyIsADifferenceAndOneGivenUpIsNot() {
        kernel.capabilities = new CapabilitySets(0, 3, 1, 1, 1);

        assertThat(find("capabilities effective").verdict()).isEqualTo(Verdict.CHANGED);
        assertThat(find("capabilities permitted"))
                .isEqualTo(new Finding(
                        Verdict.DIFFERS, "capabilities permitted", "CHOWN", "CHOWN,DAC_OVERRIDE", ORIGIN.toString()));
        assertThat(find("capabilities bounding").verdict()).isEqualTo(Verdict.AGREES);
    }

    @Test
    void anInterpreterIsTheProgramOfItsScript() {
        kernel.executable = Path.of("/bin/sh");
        kernel.interpreter = Optional.of(Path.of("/bin/sh"));

        assertThat(find("executable").verdict()).isEqualTo(Verdict.AGREES);
    }

    @Test
    void aSharedDescriptionIsALeakWhicheverProcessOfTheServiceHasIt() {
        kernel.open(SUPERVISOR, 41, 77, LinuxConstants.S_IFSOCK, "socket:[77]");
        kernel.share(CHILD, 7, SUPERVISOR, 41);

        Finding leak = find("descriptors of the supervisor");

        assertThat(leak.verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(leak.truth()).isEqualTo("descriptor 7 of process 101 is 41 of process 11: socket:[77]");
        assertThat(find("descriptors of the keeper").verdict()).isEqualTo(Verdict.AGREES);
    }

    @Test
    void aDescriptorThatWasGivenIsNoLeak() {
        kernel.share(MAIN, 1, SUPERVISOR, 40);

        assertThat(find("descriptors of the supervisor").verdict()).isEqualTo(Verdict.AGREES);
    }

    @Test
    void whatMayNotBeSeenIsUnknownAndNamesTheRight() {
        kernel.closed.add(KEEPER);
        kernel.closed.add(CHILD);

        assertThat(find("descriptors of the keeper").verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(find("descriptors of the keeper").truth()).startsWith("unknown: needs CAP_SYS_PTRACE: ");
        assertThat(find("descriptors of process 101").verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void theParentOfAGuardedServiceIsItsGuard() {
        kernel.parent = 12;

        List<Finding> findings = Audit.of(subject(true, Optional.of(new Pid(12)), "guard"), kernel);

        assertThat(find(findings, "parent").verdict()).isEqualTo(Verdict.AGREES);
        assertThat(find(findings, "parent").truth()).isEqualTo("guard, process 12");
        assertThat(find(findings, "stop by").verdict()).isEqualTo(Verdict.AGREES);
    }

    /** With its own descriptor of the status channel, which the guard has too. */
    @Test
    void theParentInAPidNamespaceIsAnInitThatIsNoProcessOfTheService() {
        Pid guard = new Pid(12);
        kernel.parent = CHILD.value();
        kernel.parents.put(CHILD, guard);
        kernel.open(guard, 20, 77, LinuxConstants.S_IFSOCK, "socket:[77]");
        kernel.share(CHILD, 7, guard, 20);

        List<Finding> findings = Audit.of(subject(inNamespaces(), true, Optional.of(guard), "cgroup"), kernel);

        assertThat(find(findings, "parent").verdict()).isEqualTo(Verdict.AGREES);
        assertThat(find(findings, "parent").truth()).isEqualTo("init, process 101");
        assertThat(find(findings, "stop by").verdict()).isEqualTo(Verdict.AGREES);
        assertThat(find(findings, "descriptors of the guard").verdict()).isEqualTo(Verdict.AGREES);
    }

    @Test
    void aMissingInitIsADifference() {
        kernel.parent = CHILD.value();
        kernel.parents.put(CHILD, KEEPER);

        List<Finding> findings = Audit.of(subject(inNamespaces(), true, Optional.of(new Pid(12)), "guard"), kernel);

        assertThat(find(findings, "parent").verdict()).isEqualTo(Verdict.DIFFERS);
        assertThat(find(findings, "parent").truth()).isEqualTo("process 101");
        assertThat(find(findings, "stop by").verdict()).isEqualTo(Verdict.AGREES);
    }

    private static List<Op> inNamespaces() {
        List<Op> ops = new ArrayList<>(OPS);
        ops.add(
                0,
                new SandboxOp.Namespaces(
                        0x20000000L, false, SandboxOp.NO_ID, SandboxOp.NO_ID, "", "", List.of(), List.of()));
        ops.add(1, new SandboxOp.Init());
        return ops;
    }

    @Test
    void aMeansOfStopThatIsNotInForceIsADifference() {
        List<Finding> findings = Audit.of(subject(false, Optional.empty(), "none"), kernel);

        assertThat(find(findings, "stop by").verdict()).isEqualTo(Verdict.DIFFERS);
    }

    @Test
    void sameUserAndPidNamespaceIsNoBoundaryButForLandlock() {
        assertThat(find("pid namespace").truth())
                .isEqualTo(
                        "the supervisor's, and the same user: only landlock keeps it from signalling the supervisor");

        Subject without = subject(
                OPS.stream().filter(op -> !(op instanceof Op.Landlock)).toList(), false, Optional.empty(), "cgroup");
        assertThat(find(Audit.of(without, kernel), "pid namespace").truth())
                .isEqualTo("the supervisor's, and the same user: no boundary, it may signal the supervisor");
    }

    @Test
    void theTableHasOneLineAnItemWithItsMarkAndItsOrigin() {
        String table = AuditText.table(List.of(
                new Finding(Verdict.AGREES, "uid", "7", "7", "a.yaml:1:2"),
                new Finding(Verdict.DIFFERS, "no_new_privs", "1", "0", "a.yaml:3:4")));

        assertThat(table).isEqualTo("""
                  ITEM          ASKED  TRUE  ORIGIN
                  uid           7      7     a.yaml:1:2
                ! no_new_privs  1      0     a.yaml:3:4
                """);
    }
}

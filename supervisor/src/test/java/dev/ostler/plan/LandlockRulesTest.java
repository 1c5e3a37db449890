package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.linux.Errno;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.LandlockSpec;
import dev.ostler.spec.LandlockSpec.PathRule;
import dev.ostler.spec.LandlockSpec.Scope;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandlockRulesTest {
    /** Rights in the order of their bits: 13 of version 1, REFER, TRUNCATE. */
    private static final long VERSION_1 = 0x1fff;

    private static final long VERSION_2 = 0x3fff;
    private static final long VERSION_3 = 0x7fff;
    private static final long IOCTL_DEV = 0x8000;

    /** Without EXECUTE, MAKE_CHAR and MAKE_BLOCK. */
    private static final long WRITE = VERSION_3 & ~0x841;

    private static final int SYS_ADMIN = 21;

    private Optional<Located<List<PathRule>>> read = Optional.empty();
    private Optional<Located<List<PathRule>>> execute = Optional.empty();
    private Optional<Located<List<PathRule>>> write = Optional.empty();
    private Optional<Located<List<PathRule>>> ioctlDev = Optional.empty();
    private Optional<Located<List<Located<Integer>>>> bind = Optional.empty();
    private Optional<Located<List<Located<Integer>>>> connect = Optional.empty();
    private Optional<Located<List<Scope>>> scope = Optional.empty();
    private IfUnsupported ifUnsupported = IfUnsupported.FAIL;

    private ServiceSpecBuilder restricted() {
        LandlockSpec spec =
                new LandlockSpec(origin(20, ""), read, execute, write, ioctlDev, bind, connect, scope, ifUnsupported);
        return service("web").sandbox(SandboxSpec.NONE.withLandlock(spec));
    }

    private ServiceSpec web() {
        return restricted().build();
    }

    private static Origin origin(int line, String key) {
        return new Origin("ostler.yaml", line, 7, "services.web.sandbox.landlock" + key);
    }

    private static Optional<Located<List<PathRule>>> paths(int line, String key, String... paths) {
        List<PathRule> rules = new ArrayList<>();
        for (String path : paths) {
            boolean optional = path.endsWith("?");
            rules.add(new PathRule(path.replace("?", ""), optional, origin(line, key + "[" + rules.size() + "]")));
        }
        return Optional.of(new Located<>(rules, origin(line, key)));
    }

    private static Optional<Located<List<Located<Integer>>>> ports(int line, String key, Integer... ports) {
        List<Located<Integer>> located = Arrays.stream(ports)
                .map(port -> new Located<>(port, origin(line, key)))
                .toList();
        return Optional.of(new Located<>(located, origin(line, key)));
    }

    private void everything() {
        read = paths(21, ".read", "/srv");
        execute = paths(22, ".execute", "/usr");
        write = paths(23, ".write", "/tmp");
        ioctlDev = paths(24, ".ioctl_dev", "/dev/tty?");
        bind = ports(25, ".tcp.bind", 8080);
        connect = ports(26, ".tcp.connect", 9092, 53);
        scope = Optional.of(new Located<>(List.of(Scope.SIGNAL, Scope.ABSTRACT_UNIX_SOCKET), origin(27, ".scope")));
    }

    private static LandlockRuleset ruleset(ServiceSpec service, FakeHostFacts facts) {
        return ops(service, facts).stream()
                .filter(Op.Landlock.class::isInstance)
                .map(op -> ((Op.Landlock) op).ruleset())
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theOpHoldsTheNumbersOfTheKernel() {
        everything();

        assertThat(ruleset(web(), FakeHostFacts.plainUser()))
                .isEqualTo(new LandlockRuleset(
                        VERSION_3 | IOCTL_DEV,
                        3,
                        3,
                        List.of(
                                rule("/srv", 0xc, 0x4, false, "21:7", "read"),
                                rule("/usr", 0xd, 0x5, false, "22:7", "execute"),
                                rule("/tmp", WRITE, 0x4006, false, "23:7", "write"),
                                rule("/dev/tty", IOCTL_DEV, IOCTL_DEV, true, "24:7", "ioctl_dev")),
                        List.of(
                                port(8080, 1, "25:7", "bind"),
                                port(9092, 2, "26:7", "connect"),
                                port(53, 2, "26:7", "connect"))));
    }

    private static LandlockRuleset.PathRule rule(
            String path, long directory, long file, boolean optional, String place, String key) {
        String origin = "ostler.yaml:" + place + " (services.web.sandbox.landlock." + key + "[0])";
        return new LandlockRuleset.PathRule(path, directory, file, optional, origin);
    }

    private static LandlockRuleset.PortRule port(int port, long access, String place, String key) {
        return new LandlockRuleset.PortRule(
                port, access, "ostler.yaml:" + place + " (services.web.sandbox.landlock.tcp." + key + ")");
    }

    @Test
    void itStandsRightBeforeTheProgramAndNamesItsPlace() {
        everything();
        List<PlannedOp> ops = compiled(web(), FakeHostFacts.plainUser()).plan().ops();

        PlannedOp landlock = ops.get(ops.size() - 2);

        assertThat(landlock.op().kind()).isEqualTo(OpKind.LANDLOCK);
        assertThat(landlock.origin()).isEqualTo(origin(20, ""));
        assertThat(ops.get(ops.size() - 3).op().kind()).isEqualTo(OpKind.NO_NEW_PRIVS);
        assertThat(landlock.op().text())
                .isEqualTo("files=execute,write_file,read_file,read_dir,remove_dir,remove_file,make_char,make_dir,"
                        + "make_reg,make_sock,make_fifo,make_block,make_sym,refer,truncate,ioctl_dev"
                        + " tcp=bind,connect (not udp) scope=abstract_unix_socket,signal"
                        + " [\"/srv\": read_file,read_dir] [\"/usr\": execute,read_file,read_dir]"
                        + " [\"/tmp\": write_file,read_file,read_dir,remove_dir,remove_file,make_dir,make_reg,make_sock,"
                        + "make_fifo,make_sym,refer,truncate] [\"/dev/tty\": ioctl_dev; optional]"
                        + " [8080: bind] [9092: connect] [53: connect]");
    }

    /** Before the start, where a reader of the plan would take a list of TCP ports for all there is of network. */
    @Test
    void p24_aPlanThatRestrictsTcpSaysThatUdpIsFree() {
        everything();

        assertThat(compiled(web(), FakeHostFacts.plainUser()).plan().ops())
                .anyMatch(planned -> planned.op().text().contains("tcp=bind,connect (not udp)"));
    }

    @Test
    void whatIsNotNamedIsNotRestricted() {
        bind = ports(25, ".tcp.bind", 8080);

        assertThat(ruleset(web(), FakeHostFacts.plainUser()))
                .isEqualTo(new LandlockRuleset(0, 1, 0, List.of(), List.of(port(8080, 1, "25:7", "bind"))));
    }

    @Test
    void anEmptyListAllowsNothing() {
        connect = ports(26, ".tcp.connect");
        ioctlDev = paths(24, ".ioctl_dev");

        assertThat(ruleset(web(), FakeHostFacts.plainUser()))
                .isEqualTo(new LandlockRuleset(IOCTL_DEV, 2, 0, List.of(), List.of()));
    }

    @Test
    void anEmptyScopeIsNoRestriction() {
        scope = Optional.of(new Located<>(List.of(), origin(27, ".scope")));

        assertThat(ops(web(), FakeHostFacts.plainUser())).noneMatch(Op.Landlock.class::isInstance);
    }

    @ParameterizedTest
    @CsvSource({"1,0x1fff", "2,0x3fff", "3,0x7fff", "4,0x7fff", "5,0xffff", "6,0xffff", "7,0xffff", "8,0xffff"})
    void onlyWhatTheKernelKnowsIsHandled(int abi, String files) {
        everything();
        ifUnsupported = IfUnsupported.WARN;

        LandlockRuleset ruleset = ruleset(web(), FakeHostFacts.plainUser().landlock(abi));

        long handled = Long.decode(files);
        assertThat(ruleset.files()).isEqualTo(handled);
        assertThat(ruleset.tcp()).isEqualTo(abi >= 4 ? 3 : 0);
        assertThat(ruleset.scopes()).isEqualTo(abi >= 6 ? 3 : 0);
        assertThat(ruleset.paths()).hasSize(abi >= 5 ? 4 : 3).allSatisfy(rule -> {
            assertThat(rule.directoryAccess() & ~handled).isZero();
            assertThat(rule.fileAccess() & ~rule.directoryAccess()).isZero();
            assertThat(rule.fileAccess()).isNotZero();
        });
        assertThat(ruleset.ports()).hasSize(abi >= 4 ? 3 : 0);
    }

    private static final String MOVE = "ostler.yaml:23:7 (services.web.sandbox.landlock.write): cannot let \"web\" move"
            + " files between directories: needs version 2 of landlock (Linux 5.19), this kernel has version ";
    private static final String TRUNCATE = "ostler.yaml:20:7 (services.web.sandbox.landlock): cannot keep \"web\" from"
            + " truncating files: needs version 3 of landlock (Linux 6.2), this kernel has version ";
    private static final String IOCTL =
            "ostler.yaml:24:7 (services.web.sandbox.landlock.ioctl_dev): cannot keep \"web\""
                    + " from ioctl(2) on devices: needs version 5 of landlock (Linux 6.10), this kernel has version ";
    private static final String BIND = "ostler.yaml:25:7 (services.web.sandbox.landlock.tcp.bind): cannot keep \"web\""
            + " from binding TCP ports: needs version 4 of landlock (Linux 6.7), this kernel has version ";
    private static final String CONNECT = "ostler.yaml:26:7 (services.web.sandbox.landlock.tcp.connect): cannot keep"
            + " \"web\" from connecting to TCP ports: needs version 4 of landlock (Linux 6.7), this kernel has version ";
    private static final String SCOPE =
            "ostler.yaml:27:7 (services.web.sandbox.landlock.scope): cannot keep signals and"
                    + " abstract unix sockets of \"web\" inside: needs version 6 of landlock (Linux 6.12), this kernel has"
                    + " version ";

    private static List<String> missingIn(int abi) {
        List<String> all = List.of(MOVE, TRUNCATE, IOCTL, BIND, CONNECT, SCOPE);
        List<Integer> since = List.of(2, 3, 5, 4, 4, 6);
        List<String> missing = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            if (abi < since.get(i)) {
                missing.add(all.get(i) + abi);
            }
        }
        return missing;
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
    void whatTheKernelLacksIsRefusedItemByItem(int abi) {
        everything();

        if (abi >= 6) {
            assertThat(compiled(web(), FakeHostFacts.plainUser().landlock(abi)).degraded())
                    .isEmpty();
        } else {
            assertThat(refused(web(), FakeHostFacts.plainUser().landlock(abi)))
                    .containsExactlyElementsOf(missingIn(abi));
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3", "4", "5", "6", "7", "8"})
    void whatTheKernelLacksIsLeftOutWhereThatIsAllowed(int abi) {
        everything();
        ifUnsupported = IfUnsupported.WARN;

        assertThat(compiled(web(), FakeHostFacts.plainUser().landlock(abi)).degraded())
                .extracting(Degraded::toString)
                .containsExactlyElementsOf(missingIn(abi));
    }

    @Test
    void whoWritesNothingNeedsNoMoves() {
        execute = paths(22, ".execute", "/usr");
        ifUnsupported = IfUnsupported.WARN;

        assertThat(compiled(web(), FakeHostFacts.plainUser().landlock(1)).degraded())
                .extracting(Degraded::toString)
                .containsExactly(TRUNCATE + 1);
    }

    @Test
    void nothingIsLeftOfRulesThatTheKernelCannotHold() {
        bind = ports(25, ".tcp.bind", 8080);
        ifUnsupported = IfUnsupported.WARN;

        assertThat(ops(web(), FakeHostFacts.plainUser().landlock(3))).noneMatch(Op.Landlock.class::isInstance);
    }

    @Test
    void aKernelWithoutLandlockSaysWhy() {
        everything();
        String place = "ostler.yaml:20:7 (services.web.sandbox.landlock): cannot restrict \"web\" by landlock: ";

        assertThat(refused(web(), FakeHostFacts.root().withoutLandlock(Errno.ENOSYS)))
                .containsExactly(place + "this kernel has none");
        assertThat(refused(web(), FakeHostFacts.root().withoutLandlock(Errno.EOPNOTSUPP)))
                .containsExactly(place + "it is not among the security modules this kernel was booted with");

        ifUnsupported = IfUnsupported.WARN;

        CompileResult.Compiled compiled = compiled(web(), FakeHostFacts.root().withoutLandlock(Errno.ENOSYS));
        assertThat(compiled.degraded()).extracting(Degraded::toString).containsExactly(place + "this kernel has none");
        assertThat(compiled.plan().ops()).noneMatch(planned -> planned.op() instanceof Op.Landlock);
    }

    @Test
    void noNewPrivsOrTheRightOfAnAdministratorIsNeeded() {
        bind = ports(25, ".tcp.bind", 8080);
        ServiceSpec open = restricted().noNewPrivs(false).build();
        String refusal = "ostler.yaml:18:5 (services.web.no_new_privs): cannot restrict \"web\" by landlock: needs"
                + " no_new_privs or CAP_SYS_ADMIN";

        assertThat(refused(open, FakeHostFacts.plainUser())).containsExactly(refusal);
        assertThat(refused(open, FakeHostFacts.root().withoutCapability(SYS_ADMIN)))
                .containsExactly(refusal);
        assertThat(ruleset(open, FakeHostFacts.root()).tcp()).isOne();
        assertThat(refused(restricted().noNewPrivs(false).keep("KILL").build(), FakeHostFacts.root()))
                .containsExactly(refusal);
        assertThat(refused(restricted().noNewPrivs(false).user("app").build(), FakeHostFacts.root()))
                .containsExactly(refusal);
        assertThat(ruleset(restricted().noNewPrivs(false).keep("SYS_ADMIN").build(), FakeHostFacts.root())
                        .tcp())
                .isOne();
    }

    @Test
    void whoMayExecuteNothingCannotStart() {
        read = paths(21, ".read", "/");
        String refusal =
                "landlock lets \"web\" execute nothing, not even its own program: list that, its interpreter and"
                        + " its loader under execute";

        assertThat(refused(web(), FakeHostFacts.root()))
                .containsExactly("ostler.yaml:20:7 (services.web.sandbox.landlock): " + refusal);

        execute = paths(22, ".execute");

        assertThat(refused(web(), FakeHostFacts.root()))
                .containsExactly("ostler.yaml:22:7 (services.web.sandbox.landlock.execute): " + refusal);
    }

    @Test
    void aRefusalNamesThePlaceOfItsRule() {
        everything();
        Plan plan = compiled(web(), FakeHostFacts.plainUser()).plan();
        int op = plan.ops().size() - 2;

        assertThat(LaunchFailure.describe("web", plan, refusal(op, 2, Errno.ENOENT, "openat", "/usr")))
                .isEqualTo("cannot start \"web\": openat \"/usr\": ENOENT (No such file or directory)"
                        + " at ostler.yaml:22:7 (services.web.sandbox.landlock.execute[0])");
        assertThat(LaunchFailure.describe("web", plan, refusal(op, 7, Errno.EINVAL, "landlock_add_rule", "port 53")))
                .endsWith("EINVAL (Invalid argument) at ostler.yaml:26:7 (services.web.sandbox.landlock.tcp.connect)");
        for (int rule : new int[] {0, 8, -1}) {
            assertThat(LaunchFailure.describe(
                            "web", plan, refusal(op, rule, Errno.EPERM, "landlock_restrict_self", "")))
                    .isEqualTo("cannot start \"web\": landlock_restrict_self: EPERM (Operation not permitted)"
                            + " at ostler.yaml:20:7 (services.web.sandbox.landlock)");
        }
    }

    @Test
    void aDeniedExecveRemindsOfLandlockOnlyWhereItRestrictsFiles() {
        everything();
        Plan plan = compiled(web(), FakeHostFacts.plainUser()).plan();
        int last = plan.ops().size() - 1;
        String hint = "; landlock allows only what is below its execute paths: the program, its interpreter and its"
                + " loader";

        assertThat(LaunchFailure.describe("web", plan, refusal(last, 0, Errno.EACCES, "execve", "/bin/true")))
                .isEqualTo("cannot start \"web\": execve \"/bin/true\": EACCES (Permission denied)" + hint
                        + " at ostler.yaml:3:5 (services.web.command)");
        assertThat(LaunchFailure.describe("web", plan, refusal(last, 0, Errno.ENOENT, "execve", "/bin/true")))
                .doesNotContain("landlock");

        read = Optional.empty();
        execute = Optional.empty();
        write = Optional.empty();
        Plan files = compiled(web(), FakeHostFacts.plainUser()).plan();

        assertThat(LaunchFailure.describe("web", files, refusal(last, 0, Errno.EACCES, "execve", "/bin/true")))
                .doesNotContain("landlock");
    }

    private static RefusalRecord refusal(int op, int sub, Errno error, String call, String object) {
        return new RefusalRecord(op, sub, 0, error.number(), 0, 0, call, object);
    }
}

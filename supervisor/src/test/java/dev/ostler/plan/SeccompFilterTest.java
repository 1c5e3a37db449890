package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Machine;
import dev.ostler.base.Origin;
import dev.ostler.base.Syscalls;
import dev.ostler.plan.filter.FilterOutcomes;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompCondition;
import dev.ostler.spec.SeccompCondition.Operator;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SeccompFilterTest {
    private static final Origin ORIGIN = new Origin("ostler.yaml", 9, 7, "services.web.sandbox.seccomp");
    private static final Origin ITEM = new Origin("ostler.yaml", 10, 9, "services.web.sandbox.seccomp.deny[0]");
    private static final Set<Long> ALLOW = Set.of(0x7fff0000L);
    private static final Set<Long> EPERM = Set.of(0x00050001L);
    private static final Set<Long> ENOSYS = Set.of(0x00050026L);
    private static final Set<Long> KILL = Set.of(0x80000000L);

    private static List<SeccompItem> items(String... calls) {
        return Arrays.stream(calls)
                .map(call -> new SeccompItem(call, List.of(), Optional.empty(), ITEM))
                .toList();
    }

    private static SeccompSpec allow(String... calls) {
        return spec(Optional.of(items(calls)), List.of(), SeccompAction.EPERM);
    }

    private static SeccompSpec deny(String... calls) {
        return spec(Optional.empty(), items(calls), SeccompAction.EPERM);
    }

    private static SeccompSpec spec(
            Optional<List<SeccompItem>> allow, List<SeccompItem> deny, SeccompAction otherwise) {
        return new SeccompSpec(allow, deny, otherwise, IfUnsupported.FAIL, ORIGIN);
    }

    private static ServiceSpecBuilder web(SeccompSpec spec) {
        return service("web").sandbox(SandboxSpec.NONE.withSeccomp(spec));
    }

    private static List<Long> program(SeccompSpec spec) {
        return op(web(spec), FakeHostFacts.plainUser()).program();
    }

    private static Op.Seccomp op(ServiceSpecBuilder service, FakeHostFacts facts) {
        return ops(service.build(), facts).stream()
                .filter(Op.Seccomp.class::isInstance)
                .map(Op.Seccomp.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Set<Long> outcomes(List<Long> program, String call) {
        int number = Syscalls.number(Machine.current(), call).orElseThrow();
        return FilterOutcomes.of(program, Machine.current(), number);
    }

    @Test
    void whatAServiceNeedsIsAllowedAndTheRestOfTheKnownFails() {
        List<Long> program = program(allow("@system-service"));

        for (String call : List.of("openat", "socket", "execve", "rseq", "futex_waitv", "mseal")) {
            assertThat(outcomes(program, call)).as(call).isEqualTo(ALLOW);
        }
        for (String call : List.of("mount", "ptrace", "bpf", "init_module", "keyctl", "swapon", "listns")) {
            assertThat(outcomes(program, call)).as(call).isEqualTo(call.equals("keyctl") ? ALLOW : EPERM);
        }
    }

    @Test
    void whatGroupsOfAServiceMustNotLetInIsDenied() {
        List<Long> program = program(allow("@system-service"));

        for (String call : List.of(
                "remap_file_pages",
                "kcmp",
                "process_vm_readv",
                "process_vm_writev",
                "open_by_handle_at",
                "fanotify_init",
                "setns",
                "io_uring_setup",
                "io_uring_enter",
                "io_uring_register")) {
            assertThat(outcomes(program, call)).as(call).isEqualTo(EPERM);
        }
        if (Machine.current() == Machine.X86_64) {
            assertThat(outcomes(program, "modify_ldt")).isEqualTo(EPERM);
            assertThat(outcomes(program, "set_thread_area")).isEqualTo(EPERM);
        }
        assertThat(outcomes(program, "clone3")).isEqualTo(ENOSYS);
        assertThat(outcomes(program, "clone")).containsExactlyInAnyOrder(0x7fff0000L, 0x00050001L);
    }

    /** C7: the newer calls of mounting came after many a list of the old ones. */
    @Test
    void everyWayOfMountingIsInItsGroup() {
        List<Long> program = program(deny("@mount"));

        for (String call : List.of(
                "mount",
                "umount2",
                "pivot_root",
                "chroot",
                "fsopen",
                "fsconfig",
                "fsmount",
                "fspick",
                "open_tree",
                "open_tree_attr",
                "move_mount",
                "mount_setattr")) {
            assertThat(outcomes(program, call)).as(call).isEqualTo(EPERM);
        }
        assertThat(outcomes(program, "openat")).isEqualTo(ALLOW);
    }

    /** C26, C27. */
    @Test
    void aListOfDeniedCallsClosesTheSecondDoors() {
        SeccompItem namespaces = new SeccompItem(
                "clone",
                List.of(new SeccompCondition(0, Operator.MASKED_EQ, 0x10000000, List.of(0x10000000L))),
                Optional.empty(),
                ITEM);
        List<Long> program = program(spec(Optional.empty(), List.of(namespaces), SeccompAction.EPERM));

        assertThat(outcomes(program, "io_uring_setup")).isEqualTo(EPERM);
        assertThat(outcomes(program, "clone3")).isEqualTo(ENOSYS);
        assertThat(outcomes(program(deny("swapon")), "clone3")).isEqualTo(ALLOW);
    }

    /** C28: a libc that tries a call of a later kernel must be told that it is not there. */
    @Test
    void unknownNumbersAreNotThere() {
        for (SeccompAction action :
                List.of(SeccompAction.EPERM, SeccompAction.parse("kill").orElseThrow())) {
            List<Long> program = program(spec(Optional.of(items("@default", "write")), List.of(), action));
            for (long number : new long[] {400, 1000, 0x3fffffff, 0xffffffffL}) {
                assertThat(FilterOutcomes.of(program, Machine.current(), number))
                        .as("number %d", number)
                        .isEqualTo(ENOSYS);
            }
        }
        assertThat(FilterOutcomes.of(program(deny("mount")), Machine.current(), 1000))
                .isEqualTo(ALLOW);
    }

    /** P19. */
    @Test
    void otherArchitecturesAndAbisAreKilled() {
        Machine other = Machine.current() == Machine.X86_64 ? Machine.AARCH64 : Machine.X86_64;
        for (SeccompSpec spec : List.of(allow("@known"), deny("mount"))) {
            assertThat(FilterOutcomes.of(program(spec), other, 1)).isEqualTo(KILL);
            if (Machine.current() == Machine.X86_64) {
                assertThat(FilterOutcomes.of(program(spec), Machine.X86_64, 0x40000001L))
                        .isEqualTo(KILL);
                assertThat(FilterOutcomes.of(program(spec), Machine.X86_64, 0x40000000L + 520))
                        .isEqualTo(KILL);
            }
        }
    }

    @Test
    void whatTheLauncherNeedsIsAllowedWithoutBeingNamed() {
        List<Long> program = program(allow("execve"));

        assertThat(outcomes(program, "write")).isEqualTo(ALLOW);
        assertThat(outcomes(program, "exit_group")).isEqualTo(ALLOW);
        assertThat(outcomes(program, "read")).isEqualTo(EPERM);
    }

    @Test
    void aFilterThatForbidsTheStartIsRefused() {
        assertThat(refused(web(allow("@basic-io")).build(), FakeHostFacts.plainUser()))
                .containsExactly("ostler.yaml:9:7 (services.web.sandbox.seccomp): cannot filter the system calls of"
                        + " \"web\": execve must be allowed, whatever its arguments are: it starts the program");
        assertThat(refused(web(deny("execve")).build(), FakeHostFacts.plainUser()))
                .hasSize(1)
                .allMatch(text -> text.startsWith("ostler.yaml:10:9 (services.web.sandbox.seccomp.deny[0]): "));
        assertThat(refused(web(deny("@basic-io", "@default")).build(), FakeHostFacts.plainUser()))
                .hasSize(3)
                .anyMatch(text -> text.contains("write must be allowed"))
                .anyMatch(text -> text.contains("exit_group must be allowed"))
                .anyMatch(text -> text.contains("execve must be allowed"));
    }

    @Test
    void theLauncherIsQuietOnlyWhereItsCallsWouldBringASignal() {
        SeccompAction kill = SeccompAction.parse("kill").orElseThrow();
        FakeHostFacts facts = FakeHostFacts.plainUser();

        assertThat(op(web(allow("@default")), facts).quiet()).isFalse();
        assertThat(op(web(spec(Optional.of(items("@default")), List.of(), kill)), facts)
                        .quiet())
                .isTrue();
        assertThat(op(web(spec(Optional.of(items("@system-service")), List.of(), kill)), facts)
                        .quiet())
                .isFalse();
        assertThat(op(web(spec(Optional.empty(), items("openat"), kill)), facts).quiet())
                .isTrue();
    }

    @Test
    void withoutTheLibraryTheLineIsNamedOrTheFilterLeftOut() {
        String text = "cannot filter the system calls of \"web\": libseccomp.so.2 is not installed"
                + " (package libseccomp2 or libseccomp)";
        SeccompSpec warn = new SeccompSpec(
                Optional.of(items("@known")), List.of(), SeccompAction.EPERM, IfUnsupported.WARN, ORIGIN);
        FakeHostFacts facts = FakeHostFacts.plainUser().withoutLibseccomp();

        assertThat(refused(web(allow("@known")).build(), facts)).containsExactly(ORIGIN + ": " + text);
        CompileResult.Compiled compiled = compiled(web(warn).build(), facts);
        assertThat(compiled.degraded()).extracting(Degraded::text).containsExactly(text);
        assertThat(compiled.plan().ops()).noneMatch(planned -> planned.op().kind() == OpKind.SECCOMP);
    }

    @Test
    void whatTheKernelCannotAnswerIsRefused() {
        SeccompSpec log = spec(
                Optional.of(items("@known")),
                List.of(),
                SeccompAction.parse("log").orElseThrow());
        FakeHostFacts old = FakeHostFacts.plainUser().withSeccompActions("allow", "errno", "kill_process", "trap");

        assertThat(refused(web(log).build(), old))
                .singleElement()
                .asString()
                .endsWith("this kernel does not know the action log");
        assertThat(refused(web(log).build(), FakeHostFacts.plainUser().withSeccompActions()))
                .singleElement()
                .asString()
                .endsWith("this kernel has no seccomp filters");
    }

    @Test
    void withoutNoNewPrivsTheRightIsNeeded() {
        assertThat(refused(web(allow("@known")).noNewPrivs(false).build(), FakeHostFacts.plainUser()))
                .containsExactly(ORIGIN + ": cannot filter the system calls of \"web\": without no_new_privs it needs"
                        + " CAP_SYS_ADMIN, this supervisor runs as uid 1000 without it");
        assertThat(ops(web(allow("@known")).noNewPrivs(false).build(), FakeHostFacts.root()))
                .noneMatch(Op.CapSet.class::isInstance);
    }

    @Test
    void withoutNoNewPrivsTheRightIsKeptUntilTheFilterIsLoaded() {
        long admin = 1L << PlanWords.CAP_SYS_ADMIN;
        List<Op> ops =
                ops(web(allow("@default")).noNewPrivs(false).user("app").keep().build(), FakeHostFacts.root());

        assertThat(ops.stream().filter(op -> op instanceof Op.CapSet || op instanceof Op.KeepCaps))
                .containsExactly(
                        new Op.KeepCaps(true),
                        new Op.CapSet(admin, admin, 0),
                        new Op.KeepCaps(false),
                        new Op.CapSet(0, 0, 0));
        int filter = ops.stream().map(Op::kind).toList().indexOf(OpKind.SECCOMP);
        assertThat(ops.get(filter + 1)).isEqualTo(new Op.CapSet(0, 0, 0));
        List<Long> program = ((Op.Seccomp) ops.get(filter)).program();
        assertThat(outcomes(program, "capset")).isEqualTo(ALLOW);
        assertThat(outcomes(program, "capget")).isEqualTo(ALLOW);
    }

    @Test
    void securebitsAndAFilterGiveUpTheirRightsOneAfterTheOther() {
        long admin = 1L << PlanWords.CAP_SYS_ADMIN;
        long pcap = 1L << PlanWords.CAP_SETPCAP;
        List<Op> ops = ops(
                web(allow("@default"))
                        .noNewPrivs(false)
                        .user("app")
                        .securebits("noroot")
                        .keep("CHOWN")
                        .build(),
                FakeHostFacts.root());

        assertThat(ops.stream()
                        .filter(op -> op instanceof Op.CapSet
                                || op.kind() == OpKind.SECUREBITS
                                || op.kind() == OpKind.SECCOMP)
                        .map(op -> op instanceof Op.Seccomp ? "filter" : op))
                .containsExactly(
                        new Op.CapSet(1 | admin | pcap, 1 | admin | pcap, 1),
                        new Op.SecureBits(1),
                        new Op.CapSet(1 | admin, 1 | admin, 1),
                        "filter",
                        new Op.CapSet(1, 1, 1));
    }

    @Test
    void tooManyComparisonsAreRefusedWithTheirLine() {
        List<SeccompItem> many = LongStream.range(0, 40)
                .mapToObj(i -> new SeccompItem(
                        "lseek",
                        List.of(
                                new SeccompCondition(1, Operator.EQ, 0, List.of(i * 0x123456789abcdefL)),
                                new SeccompCondition(0, Operator.NE, 0, List.of(i))),
                        Optional.empty(),
                        ITEM))
                .toList();

        assertThat(refused(
                        web(spec(Optional.of(items("@known")), many, SeccompAction.EPERM))
                                .build(),
                        FakeHostFacts.plainUser()))
                .containsExactly(ORIGIN + ": cannot filter the system calls of \"web\": more than 512 comparisons are"
                        + " needed for one system call");
    }

    @Test
    void readsAsCountsAndNotAsInstructions() {
        String text =
                op(web(allow("@system-service")), FakeHostFacts.plainUser()).text();

        assertThat(text)
                .matches("\\d+ calls allowed, 2 by their arguments, 1 ENOSYS, \\d+ EPERM; unknown calls ENOSYS;"
                        + " \\d+ instructions");
        assertThat(op(web(deny("swapon")), FakeHostFacts.plainUser()).text())
                .matches("\\d+ calls allowed, 4 EPERM; unknown calls allowed; \\d+ instructions");
    }
}

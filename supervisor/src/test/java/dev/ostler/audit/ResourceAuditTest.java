package dev.ostler.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Origin;
import dev.ostler.linux.SchedulingOf;
import dev.ostler.plan.ResourceOp;
import dev.ostler.spec.ResourceItem.IoClass;
import dev.ostler.spec.ResourceItem.NumaPolicy;
import dev.ostler.spec.ResourceItem.Policy;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ResourceAuditTest {
    private static final ResourceOp FIFO = new ResourceOp.SchedPolicy(Policy.FIFO, 10, true, 0, 0, 0);
    private static final ResourceOp DISK = new ResourceOp.IoPrio(IoClass.BEST_EFFORT, 6);
    private static final ResourceOp NODES = new ResourceOp.Numa(NumaPolicy.BIND, List.of(0, 1));
    private static final ResourceOp SLACK = new ResourceOp.TimerSlack(1_000);
    private static final ResourceOp PAGES = new ResourceOp.Thp(true);
    private static final ResourceOp CORE_FILE = new ResourceOp.CoredumpFilter(0x33);
    private static final ResourceOp CORES = new ResourceOp.CoreSched();

    private final FakeKernel kernel = new FakeKernel();

    private Finding audit(ResourceOp op) {
        Findings findings = new Findings();
        new ResourceAudit(findings, kernel, FakeKernel.MAIN)
                .audit(op, new Origin("ostler.yaml", 3, 5, "services.a.key"));
        return findings.all().get(0);
    }

    @Test
    void whatIsAsAskedAgrees() {
        assertThat(List.of(FIFO, DISK, NODES, SLACK, PAGES, CORE_FILE, CORES))
                .allSatisfy(op -> assertThat(audit(op).verdict()).isEqualTo(Verdict.AGREES));
    }

    static Stream<Arguments> changes() {
        return Stream.of(
                change(FIFO, Verdict.DIFFERS, "fifo priority=10", k -> k.scheduling = of(1, 10, false, 0)),
                change(FIFO, Verdict.DIFFERS, "other", k -> k.scheduling = of(0, 0, false, 2_800_000)),
                change(
                        FIFO,
                        Verdict.DIFFERS,
                        "deadline runtime=5ns deadline=6ns period=7ns",
                        k -> k.scheduling = of(6, 0, false, 5)),
                change(FIFO, Verdict.DIFFERS, "policy 7", k -> k.scheduling = of(7, 0, false, 0)),
                change(DISK, Verdict.DIFFERS, "best-effort 7", k -> k.ioPriority = 2 << 13 | 7),
                change(DISK, Verdict.DIFFERS, "idle", k -> k.ioPriority = 3 << 13),
                change(DISK, Verdict.DIFFERS, "none", k -> k.ioPriority = 0),
                change(NODES, Verdict.CHANGED, "bind:0 default", k -> k.memoryPolicies = List.of("default", "bind:0")),
                change(SLACK, Verdict.CHANGED, "50000ns", k -> k.timerSlack = 50_000),
                change(PAGES, Verdict.CHANGED, "allowed", k -> k.hugePages = true),
                change(CORE_FILE, Verdict.CHANGED, "0x1ff", k -> k.coredumpFilter = 0x1ff),
                change(CORES, Verdict.DIFFERS, "no cookie", k -> k.coreCookie = 0));
    }

    private static SchedulingOf of(int policy, int priority, boolean reset, long runtime) {
        return new SchedulingOf(policy, priority, reset, runtime, 6, 7);
    }

    private static Arguments change(ResourceOp op, Verdict verdict, String truth, Consumer<FakeKernel> change) {
        return Arguments.of(op, verdict, truth, change);
    }

    @ParameterizedTest(name = "{0}: {1} {2}")
    @MethodSource("changes")
    void judges(ResourceOp op, Verdict verdict, String truth, Consumer<FakeKernel> change) {
        change.accept(kernel);

        assertThat(audit(op).verdict()).isEqualTo(verdict);
        assertThat(audit(op).truth()).isEqualTo(truth);
    }

    @Test
    void aPreferredNodeIsWrittenAsTheKernelWritesIt() {
        kernel.memoryPolicies = List.of("prefer:1");

        assertThat(audit(new ResourceOp.Numa(NumaPolicy.PREFERRED, List.of(1))).verdict())
                .isEqualTo(Verdict.AGREES);
    }

    @Test
    void whatNobodyElseCanReadIsUnknown() {
        assertThat(List.of(new ResourceOp.Mdwe(), new ResourceOp.Keyring(), new ResourceOp.Tsc()))
                .extracting(op -> audit(op).toString())
                .allSatisfy(text -> assertThat(text).contains("UNKNOWN", "not readable from outside"));
        kernel.coreCookie = -1;
        kernel.timerSlack = -1;
        assertThat(audit(SLACK).truth()).startsWith("unknown: needs CAP_SYS_NICE: ");
        assertThat(audit(CORES).truth()).startsWith("unknown: needs CAP_SYS_PTRACE: ");
    }
}

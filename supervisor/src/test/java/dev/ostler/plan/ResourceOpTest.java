package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Origin;
import dev.ostler.spec.ResourceItem.IoClass;
import dev.ostler.spec.ResourceItem.NumaPolicy;
import dev.ostler.spec.ResourceItem.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceOpTest {
    /** One of each, in the order of the table. */
    static List<ResourceOp> oneOfEach() {
        return List.of(
                new ResourceOp.SchedPolicy(Policy.DEADLINE, 0, true, 1, 2, 3),
                new ResourceOp.IoPrio(IoClass.BEST_EFFORT, 7),
                new ResourceOp.Numa(NumaPolicy.INTERLEAVE, List.of(0, 3)),
                new ResourceOp.TimerSlack(50_000),
                new ResourceOp.Thp(true),
                new ResourceOp.Mdwe(),
                new ResourceOp.CoreSched(),
                new ResourceOp.CoredumpFilter(0x33),
                new ResourceOp.Keyring(),
                new ResourceOp.Tsc());
    }

    @Test
    void whatIsWrittenIsReadBack() {
        List<Op> ops = new ArrayList<>(oneOfEach());
        ops.add(new ResourceOp.SchedPolicy(Policy.FIFO, 99, false, 0, 0, 0));
        ops.add(new ResourceOp.IoPrio(IoClass.IDLE, 0));
        ops.add(new ResourceOp.Numa(NumaPolicy.LOCAL, List.of()));
        ops.add(new ResourceOp.Thp(false));
        ops.add(new Op.Execve(List.of("/bin/true"), List.of("true"), List.of()));

        assertThat(PlanDecoder.decode(PlanEncoder.encode(plan(ops))).ops())
                .extracting(PlanDecoder.DecodedOp::op)
                .isEqualTo(ops);
    }

    @Test
    void anUnknownPolicyIsRefused() {
        byte[] bytes = PlanEncoder.encode(plan(List.of(
                new ResourceOp.IoPrio(IoClass.IDLE, 0),
                new Op.Execve(List.of("/bin/true"), List.of("true"), List.of()))));
        bytes[PlanFormat.HEADER_BYTES + 12] = 4; // the class

        assertThatThrownBy(() -> PlanDecoder.decode(bytes)).hasMessage("malformed plan: number 3");
    }

    @Test
    void readsAsPeopleWriteIt() {
        assertThat(oneOfEach())
                .extracting(op -> op.name() + " " + op.text())
                .containsExactly(
                        "SCHED_POLICY deadline runtime=1ns deadline=2ns period=3ns reset_on_fork",
                        "IOPRIO best-effort 7",
                        "NUMA interleave 0,3",
                        "TIMER_SLACK 50000ns",
                        "THP disabled",
                        "MDWE ",
                        "CORE_SCHED ",
                        "COREDUMP_FILTER 0x33",
                        "KEYRING ",
                        "TSC ");
    }

    private static Plan plan(List<Op> ops) {
        List<PlannedOp> planned = ops.stream()
                .map(op -> new PlannedOp(op, new Origin("f.yaml", 1, 1, "k"), "because"))
                .toList();
        return new Plan(true, false, 0, Duration.ofSeconds(30), Optional.empty(), planned, Set.of(), List.of());
    }
}

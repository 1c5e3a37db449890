package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.NamespaceType;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.Policy;
import dev.ostler.spec.SandboxSpec;
import dev.ostler.spec.UlimitSpec.Resource;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SchedulingTest {
    private static final int CAP_SYS_NICE = 23;
    private static final int CAP_SYS_RESOURCE = 24;
    private static final String AT = "ostler.yaml:20:5 (services.web.scheduling): cannot set scheduling of \"web\" to ";
    private static final Op FIFO_10 = new ResourceOp.SchedPolicy(Policy.FIFO, 10, false, 0, 0, 0);

    private static ServiceSpecBuilder scheduled(Policy policy, int priority, boolean reset, IfUnsupported otherwise) {
        Duration time = policy == Policy.DEADLINE ? Duration.ofMillis(1) : Duration.ZERO;
        return service("web")
                .resource(
                        at -> new ResourceItem.Scheduling(policy, priority, reset, time, time, time, otherwise, at),
                        "scheduling");
    }

    private static ServiceSpecBuilder fifo() {
        return scheduled(Policy.FIFO, 10, false, IfUnsupported.FAIL);
    }

    @Test
    void realTimeNeedsARightOrALimit() {
        assertThat(refused(fifo().build(), FakeHostFacts.plainUser()))
                .containsExactly(AT + "fifo 10: needs CAP_SYS_NICE, the limit rtprio of this supervisor is 0");
        assertThat(refused(fifo().build(), FakeHostFacts.rootOfUserNamespace()))
                .containsExactly(AT + "fifo 10: needs CAP_SYS_NICE outside of a user namespace,"
                        + " the limit rtprio of this supervisor is 0");
        assertThat(refused(fifo().build(), FakeHostFacts.plainUser().limit(Resource.RTPRIO, 9, 9)))
                .hasSize(1);
        assertThat(ops(fifo().build(), FakeHostFacts.plainUser().limit(Resource.RTPRIO, 10, 10)))
                .contains(FIFO_10)
                .noneMatch(Op.Rlimit.class::isInstance);
        assertThat(ops(fifo().build(), FakeHostFacts.root())).contains(FIFO_10);
    }

    @Test
    void aWarningLeavesItOut() {
        CompileResult.Compiled compiled =
                compiled(scheduled(Policy.RR, 5, true, IfUnsupported.WARN).build(), FakeHostFacts.plainUser());

        assertThat(compiled.degraded())
                .extracting(Degraded::toString)
                .containsExactly(AT + "rr 5: needs CAP_SYS_NICE, the limit rtprio of this supervisor is 0");
        assertThat(compiled.plan().ops())
                .extracting(planned -> planned.op().kind())
                .doesNotContain(OpKind.SCHED_POLICY);
    }

    @Test
    void theSoftLimitGoesUpForTheCallAndBackAgain() {
        FakeHostFacts facts = FakeHostFacts.plainUser().limit(Resource.RTPRIO, 0, 20);

        assertThat(ops(fifo().build(), facts))
                .containsSubsequence(
                        new Op.Rlimit(Resource.RTPRIO, 10, 20), FIFO_10, new Op.Rlimit(Resource.RTPRIO, 0, 20));
        assertThat(ops(fifo().ulimit(Resource.RTPRIO, 15, 20).build(), facts))
                .filteredOn(Op.Rlimit.class::isInstance)
                .containsExactly(new Op.Rlimit(Resource.RTPRIO, 10, 20), new Op.Rlimit(Resource.RTPRIO, 15, 20));
    }

    @Test
    void aRaisedHardLimitCounts() {
        FakeHostFacts facts = FakeHostFacts.root().withoutCapability(CAP_SYS_NICE);

        assertThat(ops(fifo().ulimit(Resource.RTPRIO, 20, 20).build(), facts)).contains(FIFO_10);
        assertThat(refused(fifo().ulimit(Resource.RTPRIO, 5, 5).build(), facts))
                .containsExactly(AT + "fifo 10: needs CAP_SYS_NICE, the limit rtprio of this supervisor is 5");
        assertThat(refused(fifo().ulimit(Resource.RTPRIO, 20, 20).build(), facts.withoutCapability(CAP_SYS_RESOURCE)))
                .hasSize(2);
    }

    @Test
    void ordinaryPoliciesNeedNothing() {
        for (Policy policy : List.of(Policy.OTHER, Policy.BATCH, Policy.IDLE)) {
            assertThat(ops(scheduled(policy, 0, false, IfUnsupported.FAIL).build(), FakeHostFacts.plainUser()))
                    .contains(new ResourceOp.SchedPolicy(policy, 0, false, 0, 0, 0));
        }
    }

    @Test
    void aDeadlineNeedsARightAndAllCpus() {
        ServiceSpecBuilder web = scheduled(Policy.DEADLINE, 0, false, IfUnsupported.FAIL);

        assertThat(refused(web.build(), FakeHostFacts.plainUser().limit(Resource.RTPRIO, 99, 99)))
                .containsExactly(AT + "deadline: needs CAP_SYS_NICE");
        assertThat(ops(web.build(), FakeHostFacts.root()))
                .contains(new ResourceOp.SchedPolicy(Policy.DEADLINE, 0, false, 1_000_000, 1_000_000, 1_000_000));
        assertThat(refused(web.cpuAffinity(1).build(), FakeHostFacts.root()))
                .containsExactly(AT + "deadline: the kernel gives a deadline only on all CPUs (0-1),"
                        + " and cpu_affinity says 1");
        assertThat(ops(web.cpuAffinity(0, 1).build(), FakeHostFacts.root())).isNotEmpty();
    }

    @Test
    void thePolicyComesBeforeNice() {
        assertThat(ops(fifo().nice(-5).build(), FakeHostFacts.root())).containsSubsequence(FIFO_10, new Op.Nice(-5));
    }

    @Test
    void whatEndsWithAForkComesAfterTheForkOfTheInit() {
        assertThat(kinds(scheduled(Policy.FIFO, 1, true, IfUnsupported.FAIL)))
                .containsSubsequence(OpKind.INIT, OpKind.SCHED_POLICY);
        assertThat(kinds(scheduled(Policy.DEADLINE, 0, false, IfUnsupported.FAIL)))
                .containsSubsequence(OpKind.INIT, OpKind.SCHED_POLICY);
        assertThat(kinds(scheduled(Policy.FIFO, 1, false, IfUnsupported.FAIL)))
                .containsSubsequence(OpKind.SCHED_POLICY, OpKind.INIT);
    }

    private static List<OpKind> kinds(ServiceSpecBuilder web) {
        Origin origin = new Origin("ostler.yaml", 21, 5, "services.web.sandbox.namespaces[0]");
        SandboxSpec none = SandboxSpec.NONE;
        SandboxSpec pid = new SandboxSpec(
                List.of(new Located<>(NamespaceType.PID, origin)),
                none.init(),
                Optional.empty(),
                none.join(),
                none.time(),
                none.root(),
                none.readOnly(),
                none.mounts(),
                none.masked(),
                none.readOnlyPaths(),
                none.hostname(),
                none.domainname(),
                none.sysctls(),
                none.network(),
                none.landlock(),
                none.seccomp());
        return ops(web.sandbox(pid).build(), FakeHostFacts.root()).stream()
                .map(Op::kind)
                .toList();
    }
}

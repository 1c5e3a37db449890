package dev.ostler.plan;

import static dev.ostler.plan.Compilations.compiled;
import static dev.ostler.plan.Compilations.ops;
import static dev.ostler.plan.Compilations.refused;
import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.IfUnsupported;
import dev.ostler.spec.ResourceItem;
import dev.ostler.spec.ResourceItem.IoClass;
import dev.ostler.spec.ResourceItem.NumaPolicy;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResourcesTest {
    private static final String AT = "ostler.yaml:20:5 (services.web.";

    private static ServiceSpec io(IoClass ioClass, IfUnsupported otherwise) {
        return service("web")
                .resource(at -> new ResourceItem.IoPriority(ioClass, 4, otherwise, at), "io_priority")
                .build();
    }

    private static ServiceSpec numa(NumaPolicy policy, Integer... nodes) {
        return service("web")
                .resource(at -> new ResourceItem.Numa(policy, List.of(nodes), IfUnsupported.FAIL, at), "numa")
                .build();
    }

    private static ServiceSpecBuilder mdwe(boolean force) {
        return service("web")
                .resource(
                        at -> new ResourceItem.MemoryDenyWriteExecute(force, IfUnsupported.FAIL, at),
                        "memory_deny_write_execute");
    }

    private static ServiceSpec cores(IfUnsupported otherwise) {
        return service("web")
                .resource(at -> new ResourceItem.CoreScheduling(otherwise, at), "core_scheduling")
                .build();
    }

    @Test
    void whatTheKernelLacksIsRefusedWithTheLineOfTheKey() {
        FakeHostFacts facts = FakeHostFacts.root().without(KernelFeature.CORE_SCHEDULING, "no SMT here");

        assertThat(refused(cores(IfUnsupported.FAIL), facts))
                .containsExactly(AT + "core_scheduling): core_scheduling is not possible for \"web\": no SMT here");
    }

    @Test
    void orLeftOutWithAWarning() {
        FakeHostFacts facts = FakeHostFacts.root().without(KernelFeature.CORE_SCHEDULING, "no SMT here");

        CompileResult.Compiled compiled = compiled(cores(IfUnsupported.WARN), facts);

        assertThat(compiled.plan().ops())
                .extracting(planned -> planned.op().kind())
                .doesNotContain(OpKind.CORE_SCHED);
        assertThat(compiled.degraded())
                .extracting(Degraded::toString)
                .containsExactly(AT + "core_scheduling): core_scheduling is not possible for \"web\": no SMT here");
        assertThat(ops(cores(IfUnsupported.WARN), FakeHostFacts.root())).contains(new ResourceOp.CoreSched());
    }

    @Test
    void theIoClassRealtimeNeedsARight() {
        assertThat(refused(io(IoClass.REALTIME, IfUnsupported.FAIL), FakeHostFacts.plainUser()))
                .containsExactly(
                        AT + "io_priority): cannot set io_priority of \"web\" to realtime 4:" + " needs CAP_SYS_NICE");
        assertThat(compiled(io(IoClass.REALTIME, IfUnsupported.WARN), FakeHostFacts.plainUser())
                        .degraded())
                .hasSize(1);
        assertThat(ops(io(IoClass.REALTIME, IfUnsupported.FAIL), FakeHostFacts.root()))
                .contains(new ResourceOp.IoPrio(IoClass.REALTIME, 4));
        assertThat(ops(io(IoClass.IDLE, IfUnsupported.FAIL), FakeHostFacts.plainUser()))
                .contains(new ResourceOp.IoPrio(IoClass.IDLE, 4));
    }

    @Test
    void nodesAreThoseOfTheMachineAndOfTheCpuset() {
        assertThat(refused(numa(NumaPolicy.BIND, 1, 2, 3), FakeHostFacts.root()))
                .containsExactly(AT + "numa): NUMA nodes 2-3 are not on this machine, which has 0-1");
        assertThat(refused(numa(NumaPolicy.BIND, 1), FakeHostFacts.root().allowedNodes(0)))
                .containsExactly(AT + "numa): NUMA node 1 is outside the cpuset of this supervisor (0)");
        assertThat(refused(
                        numa(NumaPolicy.LOCAL),
                        FakeHostFacts.root().without(KernelFeature.NUMA, "this kernel has no NUMA")))
                .containsExactly(AT + "numa): numa is not possible for \"web\": this kernel has no NUMA");
        assertThat(ops(numa(NumaPolicy.INTERLEAVE, 0, 1), FakeHostFacts.plainUser()))
                .contains(new ResourceOp.Numa(NumaPolicy.INTERLEAVE, List.of(0, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"java", "/usr/bin/java", "./jdk/bin/java"})
    void aJvmDoesNotStartWithoutMemoryThatIsWrittenAndExecuted(String program) {
        assertThat(refused(mdwe(false).command(program, "-jar", "web.jar").build(), FakeHostFacts.root()))
                .containsExactly(AT + "memory_deny_write_execute): a JVM writes the code that it executes, and does"
                        + " not start with memory_deny_write_execute; force: true tries it all the same");
        assertThat(ops(mdwe(true).command(program).build(), FakeHostFacts.root()))
                .contains(new ResourceOp.Mdwe());
    }

    @Test
    void otherProgramsDo() {
        assertThat(ops(mdwe(false).command("javac", "java").build(), FakeHostFacts.plainUser()))
                .contains(new ResourceOp.Mdwe());
    }

    @Test
    void whatBelongsToTheMemoryIsSetOnACopyOfIt() {
        assertThat(compiled(mdwe(false).build(), FakeHostFacts.root()).plan().copy())
                .isTrue();
        assertThat(compiled(
                                service("web")
                                        .resource(at -> new ResourceItem.TransparentHugepages(false, at), "thp")
                                        .build(),
                                FakeHostFacts.root())
                        .plan()
                        .copy())
                .isTrue();
        assertThat(compiled(
                                service("web")
                                        .resource(
                                                at -> new ResourceItem.CoredumpFilter(1, IfUnsupported.FAIL, at),
                                                "coredump_filter")
                                        .build(),
                                FakeHostFacts.root())
                        .plan()
                        .copy())
                .isTrue();
        assertThat(compiled(io(IoClass.IDLE, IfUnsupported.FAIL), FakeHostFacts.root())
                        .plan()
                        .copy())
                .isFalse();
    }

    @Test
    void timerSlackAndExactTimersContradictEachOther() {
        ServiceSpec web = service("web")
                .resource(at -> new ResourceItem.TimerSlack(Duration.ofNanos(1), at), "timer_slack")
                .resource(
                        at -> new ResourceItem.Scheduling(
                                ResourceItem.Policy.FIFO,
                                1,
                                false,
                                Duration.ZERO,
                                Duration.ZERO,
                                Duration.ZERO,
                                IfUnsupported.FAIL,
                                at),
                        "scheduling")
                .build();

        assertThat(refused(web, FakeHostFacts.root()))
                .containsExactly(AT + "timer_slack): timer_slack has no effect with the scheduling policy fifo,"
                        + " whose timers are exact");
    }

    @Test
    void anotherUserHasAKeyringOfItsOwn() {
        ServiceSpec app = service("web").user("app").build();
        ServiceSpec inherits = service("web")
                .user("app")
                .resource(at -> new ResourceItem.Keyring(false, IfUnsupported.FAIL, at), "keyring")
                .build();

        assertThat(ops(app, FakeHostFacts.root())).contains(new ResourceOp.Keyring());
        assertThat(ops(inherits, FakeHostFacts.root())).doesNotContain(new ResourceOp.Keyring());
        assertThat(ops(service("web").build(), FakeHostFacts.root())).doesNotContain(new ResourceOp.Keyring());
    }

    @Test
    void withoutKeyctlThereIsNothingToKeepApart() {
        FakeHostFacts facts = FakeHostFacts.root().without(KernelFeature.KEYRINGS, "forbidden: EPERM");
        ServiceSpec asks = service("web")
                .resource(at -> new ResourceItem.Keyring(true, IfUnsupported.FAIL, at), "keyring")
                .build();

        assertThat(compiled(service("web").user("app").build(), facts).degraded())
                .isEmpty();
        assertThat(refused(asks, facts))
                .containsExactly(AT + "keyring): keyring is not possible for \"web\": forbidden: EPERM");
    }
}

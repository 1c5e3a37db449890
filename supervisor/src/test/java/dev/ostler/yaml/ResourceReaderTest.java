package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ResourceItem;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResourceReaderTest {
    /** The line comes fourth, after {@code services}, {@code web} and the command. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            scheduling: fifo                                          | scheduling): the policy fifo needs a priority; write a mapping
            scheduling: deadline                                      | scheduling): the policy deadline needs a runtime and a deadline; write a mapping
            scheduling: bach                                          | scheduling): unknown policy "bach", did you mean "batch"?
            scheduling: [batch]                                       | scheduling): expected text, found a list
            scheduling: { priority: 1 }                               | scheduling): "policy" is missing
            scheduling: { policy: rr }                                | scheduling): "priority" is missing
            scheduling: { policy: rr, priority: 100 }                 | scheduling.priority): "100" is not a whole number from 1 to 99
            scheduling: { policy: idle, priority: 1 }                 | scheduling.priority): the policy idle takes no priority
            scheduling: { policy: other, runtime: 1ms }               | scheduling.runtime): the policy other takes no runtime
            scheduling: { policy: deadline, deadline: 1ms }           | scheduling): "runtime" is missing
            scheduling: { policy: deadline, runtime: 2ms, deadline: 1ms } | scheduling): expected runtime <= deadline <= period
            scheduling: { policy: deadline, runtime: 1ms, deadline: 2ms, period: 1ms } | scheduling): expected runtime <= deadline <= period
            scheduling: { policy: deadline, runtime: 1us, deadline: 2ms } | scheduling): the runtime is too short; at least 1024ns
            scheduling: { policy: idle, if_unsupported: no }          | scheduling.if_unsupported): unknown choice "no"; one of fail, warn
            io_priority: { class: idle, level: 1 }                    | io_priority.level): the class idle has no levels
            io_priority: { class: realtime, level: 8 }                | io_priority.level): "8" is not a whole number from 0 to 7
            io_priority: { level: 1 }                                 | io_priority): "class" is missing
            numa: bind                                                | numa): the policy bind needs nodes
            numa: { policy: local, nodes: 0 }                         | numa): the policy local takes no nodes
            numa: { policy: preferred, nodes: 0-1 }                   | numa): the policy preferred takes one node
            numa: { policy: bind, nodes: x }                          | numa.nodes): "x" is not a node list; write 0, 0-1 or 0-1,3
            numa: { policy: bind, nodes: 1024 }                       | numa.nodes): "1024" is not a node list; write 0, 0-1 or 0-1,3
            timer_slack: 0ns                                          | timer_slack): "0ns" is too short; at least 1ns
            timer_slack: 5                                            | timer_slack): "5" is not a duration; write 250ms, 10s, 5m or 1h
            timer_slack: xus                                          | timer_slack): "xus" is not a duration; write 500ns, 50us, 10ms or 1s
            transparent_hugepages: never                              | transparent_hugepages): expected true or false, found "never"
            memory_deny_write_execute: { force: true }                | memory_deny_write_execute): "value" is missing
            core_scheduling: { if_unsupported: warn }                 | core_scheduling): "value" is missing
            coredump_filter: 0x200                                    | coredump_filter): "0x200" is not a mask from 0 to 0x1ff; a list of names is one too
            coredump_filter: "#33"                                    | coredump_filter): "#33" is not a mask from 0 to 0x1ff; a list of names is one too
            coredump_filter: [private-anonymus]                       | coredump_filter[0]): unknown part of a core file "private-anonymus", did you mean "private-anonymous"?
            keyring: shared                                           | keyring): unknown keyring "shared"; one of private, inherit
            tsc: { value: refuse }                                    | tsc.value): unknown choice "refuse"; one of allow, deny
            """)
    void saysWhatIsWrong(String line, String message) {
        assertThat(FakeProject.webWith(line).messages())
                .singleElement()
                .asString()
                .startsWith("ostler.yaml:4:")
                .endsWith("(services.web." + message);
    }

    @Test
    void whatChangesNothingIsNoItem() {
        assertThat(items("memory_deny_write_execute: false", "core_scheduling: { value: false }", "tsc: allow"))
                .isEmpty();
    }

    @Test
    void aLaterLayerReplacesTheShortFormAndTheLongOne() {
        FakeProject project = FakeProject.of(
                "profiles: { p: { scheduling: { policy: batch, if_unsupported: warn }, io_priority: idle } }",
                "services:",
                "  web: { command: [x], extends: p, scheduling: idle, io_priority: { class: best-effort } }");

        assertThat(project.service().limits().resources())
                .extracting(item -> item instanceof ResourceItem.Scheduling scheduling
                        ? scheduling.policy() + " " + scheduling.ifUnsupported()
                        : ((ResourceItem.IoPriority) item).ioClass().toString())
                .containsExactly("IDLE FAIL", "BEST_EFFORT");
    }

    @Test
    void whoeverExtendsJvmServiceRunsAJvm() {
        String message =
                "(services.web.memory_deny_write_execute): a JVM writes the code that it executes, and does not"
                        + " start with memory_deny_write_execute; force: true tries it all the same";

        assertThat(FakeProject.webWith("extends: jvm-service", "memory_deny_write_execute: true")
                        .messages())
                .containsExactly("ostler.yaml:5:32 " + message);
        assertThat(FakeProject.of(
                                "profiles: { ours: { extends: jvm-service } }",
                                "services: { web: { command: [./start], extends: [ours],",
                                "  memory_deny_write_execute: { value: true } } }")
                        .messages())
                .containsExactly("ostler.yaml:3:30 " + message);
        assertThat(FakeProject.webWith(
                                "extends: jvm-service", "memory_deny_write_execute: { value: true, force: true }")
                        .messages())
                .isEmpty();
        assertThat(FakeProject.webWith("memory_deny_write_execute: true").messages())
                .isEmpty();
    }

    private static List<ResourceItem> items(String... lines) {
        return FakeProject.webWith(lines).service().limits().resources();
    }
}

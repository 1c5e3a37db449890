package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.linux.Errno;
import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.plan.KernelFeature;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * C36: what is asked for and cannot be had is a refusal with its line, for every key that has {@code if_unsupported}; with
 * {@code warn} it is left out and that is said, with the same words at the same line.
 */
class IfUnsupportedTest {
    /** For each key, what asks for something that {@link #facts} lack; {@code %s} is the answer. */
    private static final Map<String, String> ASKED = new HashMap<>();

    static {
        ASKED.put("user", "user: { name: app, if_unsupported: %s }");
        ASKED.put("cgroup", "mem_limit: 64m\n    cgroup: { if_unsupported: %s }");
        ASKED.put("scheduling", "scheduling: { policy: fifo, priority: 1, if_unsupported: %s }");
        ASKED.put("io_priority", "io_priority: { class: idle, if_unsupported: %s }");
        ASKED.put("numa", "numa: { policy: bind, nodes: 0, if_unsupported: %s }");
        ASKED.put("memory_deny_write_execute", "memory_deny_write_execute: { value: true, if_unsupported: %s }");
        ASKED.put("core_scheduling", "core_scheduling: { value: true, if_unsupported: %s }");
        ASKED.put("coredump_filter", "coredump_filter: { value: 0x33, if_unsupported: %s }");
        ASKED.put("keyring", "keyring: { value: private, if_unsupported: %s }");
        ASKED.put("tsc", "tsc: { value: deny, if_unsupported: %s }");
        ASKED.put("sandbox.landlock", "sandbox: { landlock: { tcp: { bind: [80] }, if_unsupported: %s } }");
        ASKED.put("sandbox.seccomp", "sandbox: { seccomp: { deny: [ptrace], if_unsupported: %s } }");
    }

    /** A plain user on a kernel without any of it. */
    private static FakeHostFacts facts() {
        FakeHostFacts facts = FakeHostFacts.plainUser()
                .withoutLandlock(Errno.ENOSYS)
                .withoutLibseccomp()
                .file("/usr/bin/true-program", Executable.EXECUTABLE);
        for (KernelFeature feature : KernelFeature.values()) {
            facts.without(feature, "this kernel has no " + feature);
        }
        return facts;
    }

    private static CompileResult compile(String key, String answer) {
        ServiceSpec service =
                FakeProject.webWith(ASKED.get(key).formatted(answer)).service();
        return PlanCompiler.compile(service, facts(), Descriptors.supervised(), Guard.NONE);
    }

    @TestFactory
    Stream<DynamicTest> c36_whatCannotBeHadIsRefusedOrLeftOutAndSaid() {
        return Arrays.stream(Schema.values())
                .flatMap(schema -> schema.documentedKeys().stream())
                .filter(key -> key.endsWith(".if_unsupported"))
                .map(key -> key.substring(0, key.lastIndexOf('.')))
                .map(key -> DynamicTest.dynamicTest(key, () -> {
                    assertThat(ASKED).as("an example for a new key").containsKey(key);

                    CompileResult fail = compile(key, "fail");
                    CompileResult warn = compile(key, "warn");

                    assertThat(fail).isInstanceOf(CompileResult.Refused.class);
                    assertThat(warn).as(warn.toString()).isInstanceOf(CompileResult.Compiled.class);
                    List<String> refused = ((CompileResult.Refused) fail)
                            .problems().stream().map(Object::toString).toList();
                    List<String> leftOut = ((CompileResult.Compiled) warn)
                            .degraded().stream().map(Object::toString).toList();
                    assertThat(refused)
                            .isNotEmpty()
                            .allMatch(text -> text.matches("ostler.yaml:[45]:\\d+ \\(services\\.web\\..*"));
                    assertThat(leftOut).containsExactlyElementsOf(refused);
                }));
    }
}

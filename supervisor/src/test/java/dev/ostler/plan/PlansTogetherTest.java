package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.yaml.FileReader;
import dev.ostler.yaml.LoadResult;
import dev.ostler.yaml.ProjectSource;
import dev.ostler.yaml.YamlProject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A plan is what it would be alone, whatever its compiler has compiled before; and one that fits is not refused. */
class PlansTogetherTest {
    private static final Path SHIPPED = Path.of("../profiles").toAbsolutePath().normalize();
    private static final Path FILE = Path.of("/project/ostler.yaml");

    private static final String SERVICES = """
            profiles:
              p: { environment: { A: "1", PATH: /opt }, umask: "077", user: "1000:1000" }
            services:
              plain: { command: [a] }
              other: { command: [/b, c], working_dir: /tmp }
              own: { command: [a], environment: { A: b } }
              hides: { command: [a], environment: { A: "${A:-b}" } }
              p: { extends: p, command: [a] }
              q: { extends: p, command: [x/y, z] }
              again: { command: [a] }
              user: { command: [a], user: "1000:1000" }
              added: { command: [a], group_add: ["20"] }
              tells: { command: [a], ready: notify, watchdog: 1s, file_descriptor_store_max: 2 }
              descriptor: { command: [a], ready: { fd: 5 } }
              listens: { command: [a], sockets: { s: { tcp: 80 } } }
              weight: { command: [a], oom_score_adj: 500, nice: 5, ulimits: { nofile: 10 }, keyring: private }
              rights: { command: [a], no_new_privs: false, death_signal: TERM }
              limited: { command: [a], mem_limit: 1g, cpus: 1 }
              sandboxed: { command: [a], sandbox: { namespaces: [pid, mount], root: empty, hostname: h } }
              joins: { command: [a], depends_on: [sandboxed], sandbox: { join: { net: "service:sandboxed" } } }
              nobody: { command: [a], user: nobody-there }
            """;

    static Stream<FakeHostFacts> hosts() {
        return Stream.of(FakeHostFacts.root(), FakeHostFacts.plainUser());
    }

    @ParameterizedTest
    @MethodSource("hosts")
    void whateverWasCompiledBefore(FakeHostFacts facts) {
        List<ServiceSpec> services = new ArrayList<>(services());
        services.addAll(services());
        Random random = new Random(1);
        for (int i = 0; i < 20; i++) {
            Collections.shuffle(services, random);
            PlanCompiler compiler = new PlanCompiler(facts);
            for (ServiceSpec service : services) {
                Descriptors descriptors = random.nextBoolean() ? Descriptors.supervised() : Descriptors.inherited();
                CompileResult alone = PlanCompiler.compile(service, facts, descriptors, Guard.NONE);
                assertThat(compiler.compile(service, descriptors, Guard.NONE)).isEqualTo(alone);
                if (alone instanceof CompileResult.Compiled compiled) {
                    assertFits(compiled.plan());
                }
            }
        }
    }

    /** What is counted instead of written is never less. */
    private static void assertFits(Plan plan) {
        SizeSink most = new SizeSink();
        for (PlannedOp planned : plan.ops()) {
            most.bytes(PlanFormat.OP_HEADER_BYTES);
            planned.op().writeTo(most);
            most.origin(planned.origin());
        }
        assertThat(PlanEncoder.encode(plan).length - PlanFormat.HEADER_BYTES).isLessThanOrEqualTo((int) most.size());
    }

    private static List<ServiceSpec> services() {
        LoadResult result = YamlProject.load(new ProjectSource(
                FILE,
                "ostler.yaml",
                List.of(),
                SHIPPED,
                Map.of(),
                path -> path.equals(FILE)
                        ? SERVICES.getBytes(StandardCharsets.UTF_8)
                        : FileReader.disk().read(path)));
        assertThat(result).isInstanceOf(LoadResult.Loaded.class);
        return ((LoadResult.Loaded) result).project().services();
    }
}

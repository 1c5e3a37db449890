package dev.ostler.plan;

import static dev.ostler.testing.ServiceSpecBuilder.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ostler.base.Origin;
import dev.ostler.base.Signal;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.spec.UlimitSpec;
import dev.ostler.testing.FakeHostFacts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class PlanFormatTest {
    @Property(tries = 300)
    void whatIsWrittenIsReadBack(@ForAll("plans") Plan plan) {
        PlanDecoder.DecodedPlan decoded = PlanDecoder.decode(PlanEncoder.encode(plan));

        assertThat(decoded.copy()).isEqualTo(plan.copy());
        assertThat(decoded.guard()).isEqualTo(plan.guard());
        assertThat(decoded.passedDescriptors()).isEqualTo(plan.passedDescriptors());
        assertThat(decoded.deadline()).isEqualTo(plan.deadline());
        assertThat(decoded.deathSignal()).isEqualTo(plan.deathSignal());
        assertThat(decoded.ops())
                .isEqualTo(plan.ops().stream()
                        .map(op ->
                                new PlanDecoder.DecodedOp(op.op(), op.origin().toString()))
                        .toList());
    }

    @Property(tries = 300)
    void aCutPlanIsRefused(@ForAll("plans") Plan plan, @ForAll @IntRange(min = 0, max = 10_000) int cut) {
        byte[] bytes = PlanEncoder.encode(plan);
        int length = cut % bytes.length;

        assertThatThrownBy(() -> PlanDecoder.decode(Arrays.copyOf(bytes, length)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 500)
    void aChangedByteIsReadOrRefusedButNeverMore(
            @ForAll("plans") Plan plan, @ForAll @IntRange(min = 0, max = 10_000) int place, @ForAll byte value) {
        byte[] bytes = PlanEncoder.encode(plan);
        bytes[place % bytes.length] = value;

        Throwable thrown = catchThrowable(() -> PlanDecoder.decode(bytes));

        if (thrown != null) {
            assertThat(thrown).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Example
    void theBytesOfAServiceStayWhatTheyAre() throws IOException {
        ServiceSpec web = service("web")
                .command("java", "-jar", "web.jar")
                .environment("PORT", "8080")
                .user("app")
                .keep("NET_BIND_SERVICE")
                .cpuAffinity(0, 1)
                .ulimit(UlimitSpec.Resource.NOFILE, 65536, 65536)
                .umask(027)
                .nice(5)
                .oomScoreAdj(100)
                .deathSignal(Signal.KILL)
                .build();
        Plan plan = Compilations.compiled(web, FakeHostFacts.root()).plan();

        assertThat(hexLines(PlanEncoder.encode(plan))).isEqualTo(golden("web.plan.hex"));
        assertThat(PlanText.explain(plan, false)).isEqualTo(golden("web.plan.txt"));
    }

    @Example
    void tooManyBytesAreRefused() {
        Plan plan = plan(List.of(new Op.Execve(List.of("/bin/true"), List.of("x".repeat(1 << 20)), List.of())));

        assertThatThrownBy(() -> PlanEncoder.encode(plan))
                .isInstanceOf(PlanTooLargeException.class)
                .hasMessageContaining("the limit is 1048576");
    }

    @Example
    void tooManyOpsAreRefused() {
        List<Op> ops = new ArrayList<>(java.util.Collections.nCopies(4096, new Op.Setsid()));
        ops.add(new Op.Execve(List.of("/bin/true"), List.of("true"), List.of()));

        assertThatThrownBy(() -> PlanEncoder.encode(plan(ops))).hasMessage("the plan has 4097 ops, the limit is 4096");
    }

    @Provide
    Arbitrary<Plan> plans() {
        Arbitrary<List<Op>> ops = Arbitraries.of(OpsTableTest.oneOfEach().stream()
                        .filter(op -> op.kind() != OpKind.EXECVE)
                        .toList())
                .list()
                .ofMaxSize(12);
        Arbitrary<List<String>> texts = Arbitraries.strings()
                .withCharRange(' ', '\u07ff')
                .ofMaxLength(20)
                .list()
                .ofMaxSize(5);
        Arbitrary<Op> execve = Combinators.combine(texts, texts, texts).as(Op.Execve::new);
        return Combinators.combine(ops, execve, Arbitraries.integers().between(0, 200), Arbitraries.of(0, 1, 3))
                .as((list, last, passed, flags) -> {
                    List<Op> all = new ArrayList<>(list);
                    all.add(last);
                    Plan plain = plan(all);
                    return new Plan(
                            (flags & 1) != 0,
                            (flags & 2) != 0,
                            passed,
                            plain.deadline(),
                            passed % 2 == 0 ? Optional.empty() : Optional.of(Signal.TERM),
                            plain.ops(),
                            Set.of(),
                            List.of());
                });
    }

    private static Plan plan(List<Op> ops) {
        List<PlannedOp> planned = new ArrayList<>();
        for (int i = 0; i < ops.size(); i++) {
            planned.add(new PlannedOp(ops.get(i), new Origin("f.yaml", i % 3 + 1, 1, "k"), "because"));
        }
        return new Plan(false, false, 0, Duration.ofSeconds(30), Optional.empty(), planned, Set.of(), List.of());
    }

    private static String hexLines(byte[] bytes) {
        StringBuilder lines = new StringBuilder();
        HexFormat hex = HexFormat.of();
        for (int i = 0; i < bytes.length; i += 32) {
            lines.append(hex.formatHex(bytes, i, Math.min(bytes.length, i + 32)))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String golden(String name) throws IOException {
        try (InputStream in = PlanFormatTest.class.getResourceAsStream(name)) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}

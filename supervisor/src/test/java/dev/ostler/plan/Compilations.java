package dev.ostler.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.ServiceSpec;
import java.util.List;

/** Compiles for tests, with the descriptors of a supervised launch. */
final class Compilations {
    private Compilations() {}

    static CompileResult.Compiled compiled(ServiceSpec service, HostFacts facts) {
        CompileResult result = PlanCompiler.compile(service, facts, Descriptors.supervised(), Guard.NONE);
        assertThat(result).isInstanceOf(CompileResult.Compiled.class);
        return (CompileResult.Compiled) result;
    }

    static List<String> refused(ServiceSpec service, HostFacts facts) {
        CompileResult result = PlanCompiler.compile(service, facts, Descriptors.supervised(), Guard.NONE);
        assertThat(result).isInstanceOf(CompileResult.Refused.class);
        return ((CompileResult.Refused) result)
                .problems().stream().map(Problem::toString).toList();
    }

    static List<Op> ops(ServiceSpec service, HostFacts facts) {
        return compiled(service, facts).plan().ops().stream().map(PlannedOp::op).toList();
    }
}

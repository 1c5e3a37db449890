package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.ServiceSpec;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RestartRehearsalTest {
    @Test
    void theServiceIsOnItsWayAgain() {
        ServiceStatus status = new RestartRehearsal(service()).restart();

        assertThat(status.state()).isEqualTo(ServiceState.STARTING);
        assertThat(status.run().number()).isEqualTo(2);
    }

    private static CompiledService service() {
        ServiceSpec spec = ServiceSpecBuilder.service("web").build();
        CompileResult.Compiled compiled = (CompileResult.Compiled)
                PlanCompiler.compile(spec, FakeHostFacts.plainUser(), Descriptors.supervised(), Guard.NONE);
        return new CompiledService(
                spec, 0, 0, compiled.plan(), Map.of(), Map.of(), compiled.target(), compiled.degraded());
    }
}

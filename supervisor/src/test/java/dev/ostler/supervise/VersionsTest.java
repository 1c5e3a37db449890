package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.plan.CompileResult;
import dev.ostler.plan.Descriptors;
import dev.ostler.plan.Guard;
import dev.ostler.plan.PlanCompiler;
import dev.ostler.testing.FakeHostFacts;
import dev.ostler.testing.ServiceSpecBuilder;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VersionsTest {
    private static final ServiceName WEB = new ServiceName("web");

    private final Versions versions = new Versions();

    @Test
    void aRunIsOfTheVersionThatItWasLaunchedAs() {
        versions.replace(List.of(web("1")), name -> 0);
        versions.replace(List.of(web("2")), name -> 3);

        assertThat(command(3)).endsWith("1");
        assertThat(command(4)).endsWith("2");
    }

    @Test
    void aVersionThatNothingWasLaunchedAsIsForgotten() {
        versions.replace(List.of(web("1")), name -> 0);
        versions.replace(List.of(web("2")), name -> 3);
        versions.replace(List.of(web("1 again")), name -> 3);

        assertThat(command(3)).endsWith("1");
        assertThat(command(4)).endsWith("1 again");
    }

    @Test
    void whatIsLeftOutIsGone() {
        versions.replace(List.of(web("1")), name -> 0);
        versions.replace(List.of(), name -> 3);

        assertThat(versions.present(WEB)).isEmpty();
        assertThatThrownBy(() -> command(3)).hasMessage("no service \"web\"");
    }

    private List<String> command(int run) {
        return versions.of(new RunKey(WEB, run)).spec().process().command().value();
    }

    private static CompiledService web(String version) {
        var spec =
                ServiceSpecBuilder.service("web").command("/bin/true", version).build();
        var compiled = (CompileResult.Compiled)
                PlanCompiler.compile(spec, FakeHostFacts.plainUser(), Descriptors.supervised(), Guard.NONE);
        return new CompiledService(
                spec, 0, 0, compiled.plan(), Map.of(), Map.of(), compiled.target(), compiled.degraded());
    }
}

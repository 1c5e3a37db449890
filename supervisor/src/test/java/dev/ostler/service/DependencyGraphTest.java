package dev.ostler.service;

import static dev.ostler.service.Specs.project;
import static dev.ostler.service.Specs.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.ServiceName;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DependencyGraphTest {
    private final DependencyGraph graph = new DependencyGraph(project(
            service("web").needs("app").needs("cache"),
            service("app").needs("db"),
            service("cache"),
            service("db"),
            service("lone")));

    @Test
    void startsDependenciesFirstAndOtherwiseInTheOrderOfTheFile() {
        assertThat(graph.startOrder())
                .extracting(ServiceName::value)
                .containsExactly("cache", "db", "lone", "app", "web");
        assertThat(graph.stopOrder())
                .extracting(ServiceName::value)
                .containsExactly("web", "app", "lone", "db", "cache");
        assertThat(graph.rank(new ServiceName("web"))).isEqualTo(2);
    }

    @Test
    void knowsWhoNeedsWhomThroughOthers() {
        assertThat(graph.transitiveDependencies(new ServiceName("web")))
                .extracting(ServiceName::value)
                .containsExactly("cache", "db", "app");
        assertThat(graph.transitiveDependents(new ServiceName("db")))
                .extracting(ServiceName::value)
                .containsExactly("app", "web");
    }

    @Test
    void aCycleIsRefusedWithAllItsMembersAndNoOthers() {
        assertThatThrownBy(() -> new DependencyGraph(project(
                        service("web").needs("a"),
                        service("a").needs("b"),
                        service("b").needs("c"),
                        service("c").needs("a"))))
                .hasMessage("dependency cycle: \"a\" -> \"b\" -> \"c\" -> \"a\"");
    }

    @Test
    void anUnknownDependencyIsRefused() {
        assertThatThrownBy(() -> new DependencyGraph(project(service("web").needs("bd"))))
                .hasMessage("\"web\" depends on unknown service \"bd\"");
    }

    @Test
    void aChainOfAnyLengthIsFine() {
        Specs[] chain = IntStream.range(0, 5000)
                .mapToObj(i -> i == 0 ? service("s0") : service("s" + i).needs("s" + (i - 1)))
                .toArray(Specs[]::new);

        assertThat(new DependencyGraph(project(chain)).rank(new ServiceName("s4999")))
                .isEqualTo(4999);
    }
}

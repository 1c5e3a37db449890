package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import dev.ostler.spec.EnvironmentVariable;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Other spellings of the same value, and where values come from. */
class ValuesTest {
    @Test
    void commandMayBeOneText() {
        var service = FakeProject.web("command: java -Dx='a b' \"say \\\"hi\\\"\" plain\\ blank")
                .service();

        assertThat(service.process().command().value()).containsExactly("java", "-Dx=a b", "say \"hi\"", "plain blank");
    }

    @Test
    void interpolatedValueNeverBecomesTwoWords() {
        var service = FakeProject.web("command: run ${ARGS} ${NONE:-x y} $$HOME \\$HOME $HOME '$$1'")
                .variable("ARGS", "a b")
                .service();

        assertThat(service.process().command().value())
                .containsExactly("run", "a b", "x y", "$HOME", "$HOME", "$HOME", "$1");
    }

    @Test
    void environmentMayBeAList() {
        assertThat(environment(FakeProject.webWith("environment: [A=1, \"B=x=y\", C=]")))
                .containsExactly("A=1", "B=x=y", "C=");
    }

    @Test
    void environmentInBothFormsMergesByName() {
        var project = FakeProject.of(
                "profiles: { p: { environment: [A=1, B=2] } }",
                "services: { web: { extends: p, command: [x], environment: { B: 3 } } }");

        assertThat(environment(project)).containsExactly("A=1", "B=3");
    }

    @Test
    void environmentWinsOverEnvFilesAndLaterFilesOverEarlier() {
        var project = FakeProject.webWith("env_file: [a.env, b.env]", "environment: { C: yaml }")
                .file("a.env", "A=a", "B=a", "C=a")
                .file("b.env", "B=b");

        assertThat(environment(project)).containsExactly("A=a", "B=b", "C=yaml");
    }

    @Test
    void valuesFromFilesAndVariablesAreHidden() {
        var variables = FakeProject.webWith("env_file: a.env", "environment: { B: \"${X}\", C: plain, D: $$5 }")
                .file("a.env", "A=1")
                .variable("X", "secret")
                .service()
                .process()
                .environment();

        assertThat(variables)
                .filteredOn(EnvironmentVariable::hidden)
                .extracting(v -> v.name())
                .containsExactly("A", "B");
    }

    @Test
    void originIsThePlaceOfTheValue() {
        var service = FakeProject.webWith("env_file: a.env", "nice: 5")
                .file("a.env", "# first", "  A=1")
                .service();

        assertThat(service.origin()).hasToString("ostler.yaml:2:3 (services.web)");
        assertThat(service.process().command().origin()).hasToString("ostler.yaml:3:14 (services.web.command)");
        assertThat(service.limits().nice().map(Located::origin).orElseThrow())
                .hasToString("ostler.yaml:5:11 (services.web.nice)");
        assertThat(service.process().environment().get(0).origin()).hasToString("a.env:2:3 (A)");
        assertThat(service.privilege().noNewPrivs().orElseThrow().origin().toString())
                .startsWith("<shipped>/default.yaml:")
                .endsWith("(profiles.default.no_new_privs)");
    }

    @Test
    void cpuAffinityMayBeANumberOrAList() {
        assertThat(cpus("cpu_affinity: 2")).containsExactly(2);
        assertThat(cpus("cpu_affinity: [4, 1-2, 1]")).containsExactly(1, 2, 4);
    }

    @Test
    void dependencyOnAServiceWithReadyWaitsForIt() {
        var project = FakeProject.of(
                "services:",
                "  a: { command: [a], ready: { tcp: 1 } }",
                "  b: { command: [b] }",
                "  web: { command: [w], depends_on: [a, b] }");

        assertThat(project.service().dependsOn())
                .extracting(d -> d.service() + " " + d.condition())
                .containsExactly("a ready", "b started");
        assertThat(project.loaded().warnings()).isEmpty();
    }

    @Test
    void dependencyOnAOneshotWaitsForItsWork() {
        var project = FakeProject.of(
                "services:",
                "  job: { command: [j], type: oneshot }",
                "  other: { command: [o], type: \"${KIND}\" }",
                "  web: { command: [w], depends_on: { job: { condition: ready, required: false }, other: {} } }");
        project.variable("KIND", "oneshot");

        assertThat(project.service().dependsOn())
                .extracting(d -> d.service() + " " + d.condition() + " " + d.required())
                .containsExactly("job completed_successfully false", "other completed_successfully true");
        assertThat(project.loaded().warnings()).isEmpty();
    }

    @Test
    void readyOfAServiceWithoutProbeIsAWarning() {
        var project = FakeProject.of(
                "services:",
                "  b: { command: [b] }",
                "  web: { command: [w], depends_on: { b: { condition: ready } } }");

        assertThat(project.loaded().warnings())
                .hasToString("[ostler.yaml:3:54 (services.web.depends_on.b.condition): "
                        + "\"b\" has no \"ready\": it counts as ready once it has started]");
    }

    @Test
    void anchorsAliasesAndMergeKeysWork() {
        var project = FakeProject.of(
                "profiles:",
                "  base: &base { nice: 3, umask: 0077 }",
                "services:",
                "  web: { <<: *base, command: &c [x, y], nice: 4 }",
                "  db: { <<: [{ nice: 1 }, *base], command: *c }");

        assertThat(project.service("web").limits().nice().map(Located::value)).contains(4);
        assertThat(project.service("web").process().umask().map(Located::value)).contains(077);
        assertThat(project.service("db").limits().nice().map(Located::value)).contains(1);
        assertThat(project.service("db").process().command().value()).containsExactly("x", "y");
        assertThat(project.service("db").process().command().origin())
                .hasToString("ostler.yaml:4:30 (services.web.command)");
    }

    @Test
    void namesEveryFileThatWasReadWithItsBytes() {
        var files = FakeProject.webWith("env_file: a.env", "extends: jvm-service")
                .file("a.env", "A=1")
                .loaded()
                .files();

        assertThat(files)
                .extracting(f -> f.path().toString())
                .containsExactlyInAnyOrder(
                        "/project/ostler.yaml",
                        "/project/a.env",
                        FakeProject.SHIPPED + "/default.yaml",
                        FakeProject.SHIPPED + "/jvm-service.yaml",
                        FakeProject.SHIPPED + "/seccomp-jvm.yaml");
        assertThat(files.get(0).path()).hasToString("/project/ostler.yaml");
        assertThat(files)
                .filteredOn(f -> f.path().endsWith("a.env"))
                .allSatisfy(f -> assertThat(new String(f.bytes())).isEqualTo("A=1\n"));
    }

    @Test
    void servicesKeepTheOrderOfTheFile() {
        var services = FakeProject.of("services:", "  z: { command: [z] }", "  a: { command: [a] }")
                .loaded()
                .project()
                .services();

        assertThat(services).extracting(s -> s.name().value()).containsExactly("z", "a");
    }

    @Test
    void byteOrderMarkIsSkipped() {
        assertThat(FakeProject.of("\ufeffservices: { web: { command: [x] } }").messages())
                .isEmpty();
    }

    private static List<String> environment(FakeProject project) {
        return project.service().process().environment().stream()
                .map(v -> v.name() + "=" + v.value())
                .toList();
    }

    private static List<Integer> cpus(String line) {
        return FakeProject.webWith(line)
                .service()
                .limits()
                .cpuAffinity()
                .orElseThrow()
                .value();
    }
}

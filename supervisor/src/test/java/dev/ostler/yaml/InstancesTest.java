package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.spec.ReadySpec;
import dev.ostler.spec.ServiceSpec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One service written, several made of it. */
class InstancesTest {
    private static List<String> names(FakeProject project) {
        return project.loaded().project().services().stream()
                .map(service -> service.name().value())
                .toList();
    }

    private static List<String> needs(ServiceSpec service) {
        return service.dependsOn().stream()
                .map(dependency -> dependency.service().value())
                .toList();
    }

    @Test
    void scaleMakesNumberedInstances() {
        var project = FakeProject.of("services:", "  worker: { scale: 3, command: [w, \"--id=${instance}\"] }");

        assertThat(names(project)).containsExactly("worker@1", "worker@2", "worker@3");
        assertThat(project.service("worker@2").process().command().value()).containsExactly("w", "--id=2");
    }

    @Test
    void instancesHaveNames() {
        var project = FakeProject.of(
                "services:",
                "  shop:",
                "    instances: [de, fr]",
                "    command: [w, \"$${instance}\", \"${PORT_${instance}:-80}\"]",
                "    environment: { REGION: \"${instance}\" }",
                "    ready: { http: \"http://${instance}.example:80/\" }");

        assertThat(names(project)).containsExactly("shop@de", "shop@fr");
        ServiceSpec shop = project.variable("PORT_fr", "81").service("shop@fr");
        assertThat(shop.process().command().value()).containsExactly("w", "${instance}", "81");
        assertThat(shop.process().environment().get(0).value()).isEqualTo("fr");
        assertThat(shop.ready().flatMap(ReadySpec::probe).orElseThrow().check().toString())
                .contains("http://fr.example:80/");
    }

    @Test
    void anInstanceExtendsWhatItsServiceExtends() {
        var project = FakeProject.of(
                "profiles: { base: { command: [b, \"${instance}\"], nice: 3 } }",
                "services: { a: { extends: base, scale: 1 } }");

        ServiceSpec instance = project.service("a@1");
        assertThat(instance.process().command().value()).containsExactly("b", "1");
        assertThat(instance.limits().nice()).isPresent();
    }

    @Test
    void aServiceWithoutInstancesIsNone() {
        assertThat(FakeProject.of(
                                "profiles: { base: { command: [b, \"${instance}\"] } }",
                                "services: { a: { extends: base } }")
                        .messages())
                .containsExactly("ostler.yaml:1:34 (profiles.base.command[1]): variable \"instance\" is not set");
    }

    @Test
    void aProfileGetsTheInstanceAsAParameter() {
        var project = FakeProject.of(
                "profiles: { base: { params: { id: {} }, command: [b, \"${param.id}\"], nice: 3 } }",
                "services: { a: { extends: { profile: base, with: { id: \"${instance}\" } }, scale: 1 } }");

        ServiceSpec instance = project.service("a@1");
        assertThat(instance.process().command().value()).containsExactly("b", "1");
        assertThat(instance.limits().nice()).isPresent();
    }

    @Test
    void theNameStandsForAllInstancesInDependenciesAndAsAGroup() {
        var project = FakeProject.of(
                "services:",
                "  db: { instances: [a, b], command: [d], groups: [data] }",
                "  web: { command: [w], depends_on: [db] }",
                "  job: { instances: [a, b], command: [j], depends_on: [\"db@${instance}\"] }",
                "  one: { command: [o], depends_on: { db@b: { condition: started } } }");

        assertThat(needs(project.service("web"))).containsExactly("db@a", "db@b");
        assertThat(needs(project.service("job@b"))).containsExactly("db@b");
        assertThat(needs(project.service("one"))).containsExactly("db@b");
        assertThat(project.service("db@a").lifecycle().groups())
                .containsExactly(new GroupName("data"), new GroupName("db"));
        assertThat(project.service("job@a").lifecycle().groups()).containsExactly(new GroupName("job"));
    }

    @Test
    void noneIsANumberToo() {
        var project = FakeProject.of(
                "services:", "  w: { scale: 0, command: [w] }", "  web: { command: [x], depends_on: [w] }");

        assertThat(names(project)).containsExactly("web");
        assertThat(project.service().dependsOn()).isEmpty();
    }

    @Test
    void mistakes() {
        String longest = "x".repeat(ServiceName.MAX_LENGTH - 1);
        assertThat(FakeProject.of(
                                "services:",
                                "  a: { command: [a], scale: 1, instances: [x] }",
                                "  b: { command: [b], scale: 1001 }",
                                "  c: { command: [c], instances: [\"a/b\", x, x] }",
                                "  " + longest + ": { command: [c], instances: [x] }",
                                "  d: { command: [d], instances: [x], depends_on: [d] }",
                                "  e@x: { command: [e] }",
                                "  e: { command: [e], instances: [x] }",
                                "  f: { command: [f], depends_on: [dd] }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:29 (services.a.scale): both \"scale\" and \"instances\"",
                        "ostler.yaml:3:29 (services.b.scale): \"1001\" is not a whole number from 0 to 1000",
                        "ostler.yaml:4:34 (services.c.instances[0]): \"c@a/b\" is not a service name: 1 to 63 letters,"
                                + " digits and . _ @ -",
                        "ostler.yaml:4:44 (services.c.instances[2]): \"x\" is named twice",
                        "ostler.yaml:5:95 (services." + longest + ".instances[0]): \"" + longest
                                + "@x\" is not a service name: 1 to 63 letters, digits and . _ @ -",
                        "ostler.yaml:6:51 (services.d.depends_on[0]): dependency cycle: d@x -> d@x",
                        "ostler.yaml:8:3 (services.e): \"e@x\" is a service and an instance of another",
                        "ostler.yaml:9:35 (services.f.depends_on[0]): unknown service \"dd\"");
    }
}

package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Profiles with {@code params:}, and what those who extend them give. */
class ParametersTest {
    private static final String SHARED = "profiles: { p: { params: { port: 80 }, nice: \"${param.port}\" } }";

    private static FakeProject with(String params, String body, String extending) {
        return FakeProject.of(
                "profiles:",
                "  p:",
                "    params: " + params,
                "    " + body,
                "services:",
                "  web:",
                "    command: [x]",
                "    extends: " + extending);
    }

    private static List<String> warnings(FakeProject project) {
        return project.loaded().warnings().stream().map(Problem::toString).toList();
    }

    @Test
    void aDefaultHoldsUntilAValueIsGiven() {
        String params = "{ level: { default: 3, description: how nice } }";

        assertThat(with(params, "nice: ${param.level}", "p")
                        .service()
                        .limits()
                        .nice()
                        .map(Located::value))
                .contains(3);
        assertThat(with(params, "nice: ${param.level}", "[ { profile: p, with: { level: 7 } } ]")
                        .service()
                        .limits()
                        .nice()
                        .map(Located::value))
                .contains(7);
        assertThat(with("{ level: 4 }", "nice: ${param.level}", "{ profile: p }")
                        .service()
                        .limits()
                        .nice()
                        .map(Located::value))
                .contains(4);
    }

    @Test
    void aTextIsPutTogether() {
        var service = with(
                        "{ data: data, name: x }",
                        "environment: { A: \"${param.data}/${param.name}$$${param.name}\", B: \"${N:-${param.data}}\" }",
                        "{ profile: p, with: { data: \"/srv/${NAME}\" } }")
                .variable("NAME", "one")
                .service();

        assertThat(service.process().environment())
                .extracting(variable -> variable.name() + "=" + variable.value())
                .containsExactly("A=/srv/one/x$x", "B=/srv/one");
    }

    @Test
    void aDollarThatIsMeantStaysOne() {
        var service = with("{ a: b }", "environment: { A: \"$${param.a} ${param.a}\" }", "p")
                .service();

        assertThat(service.process().environment())
                .extracting(variable -> variable.value())
                .containsExactly("${param.a} b");
    }

    @Test
    void aListIsAWholeValueOrSomeItemsOfAList() {
        var project = with(
                "{ more: [], groups: [g] }",
                "+command: [-a, \"${param.more}\", -z]\n    group_add: ${param.groups}",
                "{ profile: p, with: { more: [-b, -c] } }");

        var service = FakeProject.of(
                        "profiles:",
                        "  p:",
                        "    params: { more: [], groups: [g] }",
                        "    command: [x, -a, \"${param.more}\", -z]",
                        "    group_add: ${param.groups}",
                        "services:",
                        "  web: { extends: { profile: p, with: { more: [-b, -c] } } }")
                .service();
        assertThat(service.process().command().value()).containsExactly("x", "-a", "-b", "-c", "-z");
        assertThat(service.process().groupAdd()).extracting(Located::value).containsExactly("g");
        assertThat(project.messages()).isEmpty();
    }

    @Test
    void aMappingIsAWholeValueToo() {
        var service = with(
                        "{ who: { default: app } }",
                        "user: ${param.who}",
                        "{ profile: p, with: { who: { name: web, group: web } } }")
                .service();

        assertThat(service.process().user().orElseThrow().user()).isEqualTo("web");
    }

    @Test
    void aValueKeepsThePlaceWhereItWasGiven() {
        var given = with("{ level: 3 }", "nice: ${param.level}", "{ profile: p, with: { level: much } }");
        var byDefault = with("{ level: { default: little } }", "nice: ${param.level}", "p");
        var together = with("{ level: a }", "working_dir: \"${param.level}\\0\"", "p");

        assertThat(given.messages())
                .containsExactly(
                        "ostler.yaml:8:43 (services.web.extends.with.level): \"much\" is not a whole number from"
                                + " -20 to 19");
        assertThat(byDefault.messages())
                .containsExactly(
                        "ostler.yaml:3:33 (profiles.p.params.level.default): \"little\" is not a whole number from"
                                + " -20 to 19");
        assertThat(together.messages())
                .isNotEmpty()
                .allMatch(message -> message.startsWith("ostler.yaml:4:18 (profiles.p."));
    }

    @Test
    void valuesPassThroughChains() {
        var project = FakeProject.of(
                        "services:",
                        "  web: { command: [x], extends: { profile: ./a.yaml#a, with: { base: 1 } } }",
                        "  db: { command: [x], extends: { profile: ./a.yaml#a, with: { base: 2 } } }",
                        "  as-it-is: { command: [x], extends: ./a.yaml#a }")
                .file(
                        "a.yaml",
                        "profiles:",
                        "  a:",
                        "    params: { base: 0 }",
                        "    extends: [ { profile: b, with: { level: \"1${param.base}\" } } ]",
                        "  b: { params: { level: { } }, nice: \"${param.level}\" }");

        assertThat(project.service("web").limits().nice().map(Located::value)).contains(11);
        assertThat(project.service("db").limits().nice().map(Located::value)).contains(12);
        assertThat(project.service("as-it-is").limits().nice().map(Located::value))
                .contains(10);
    }

    @Test
    void aMissingValueIsToldToWhoeverExtends() {
        var project = with("{ port: { description: where it listens } }", "ready: { tcp: \"${param.port}\" }", "p");

        assertThat(project.messages())
                .containsExactly(
                        "ostler.yaml:8:14 (services.web.extends): profile \"p\" needs \"port\" (ostler.yaml:3:15);"
                                + " write { profile: p, with: { port: … } }");
    }

    @Test
    void aProfileThatNeedsAValueIsCheckedWithoutIt() {
        String[] lines = {
            "profiles:",
            "  p: { params: { port: }, ready: { tcp: \"${param.port}\" }, nice: 30 }",
            "services: { web: { command: [x] } }"
        };

        assertThat(FakeProject.of(lines).messages())
                .containsExactly("ostler.yaml:2:66 (profiles.p.nice): \"30\" is not a whole number from -20 to 19");
    }

    @Test
    void mistakesHaveTheirPlace() {
        assertThat(with("{ port: 18 }", "nice: ${param.port}", "{ profile: p, with: { prot: 1 } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:8:36 (services.web.extends.with.prot): profile \"p\" has no parameter \"prot\","
                                + " did you mean \"port\"?");
        assertThat(with("{ port: 18 }", "nice: ${param.prot}", "p").messages())
                .containsExactly(
                        "ostler.yaml:4:11 (profiles.p.nice): unknown parameter \"prot\", did you mean \"port\"?");
        assertThat(with("{ port: 18 }", "nice: ${param.port}", "{ profile: p, wth: { port: 1 } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:8:28 (services.web.extends.wth): unknown key \"wth\", did you mean \"with\"?");
        assertThat(with("{ port: 18 }", "nice: ${param.port}", "{ with: { port: 1 } }")
                        .messages())
                .containsExactly("ostler.yaml:8:14 (services.web.extends): \"profile\" is missing");
        assertThat(with("{ port: 18 }", "nice: ${param.port}", "{ profile: p, with: [1] }")
                        .messages())
                .containsExactly("ostler.yaml:8:34 (services.web.extends.with): expected a mapping, found a list");
        assertThat(with("{ Port: 80 }", "nice: 1", "p").messages())
                .containsExactly(
                        "ostler.yaml:3:15 (profiles.p.params.Port): \"Port\" is not a parameter's name: lower case"
                                + " letters, digits and _, a letter first");
        assertThat(with("[port]", "nice: 1", "p").messages())
                .containsExactly("ostler.yaml:3:13 (profiles.p.params): expected a mapping, found a list");
        assertThat(with("{ port: { defualt: 80 } }", "nice: 1", "{ profile: p, with: { port: 1 } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:3:23 (profiles.p.params.port.defualt): unknown key \"defualt\", did you mean"
                                + " \"default\"?");
        assertThat(with("{ a: [b] }", "working_dir: \"/x/${param.a}\"", "p").messages())
                .containsExactly(
                        "ostler.yaml:4:18 (profiles.p.working_dir): \"${param.a}\" is part of a text, and stands for"
                                + " a list (ostler.yaml:3:18)");
        assertThat(with("{ a: \"}\" }", "working_dir: \"${X:-${param.a}}\"", "p")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:18 (profiles.p.working_dir): \"${param.a}\" is inside of a ${}, which its value"
                                + " \"}\" would end");
    }

    @Test
    void onlyProfilesHaveParameters() {
        assertThat(FakeProject.webWith("params: { a: b }").messages())
                .containsExactly("ostler.yaml:4:5 (services.web.params): unknown key \"params\"");
        assertThat(FakeProject.webWith("working_dir: \"${param.a}\"").messages())
                .containsExactly(
                        "ostler.yaml:4:18 (services.web.working_dir): \"${param.a}\" stands for a parameter: only a"
                                + " profile has some, under params");
    }

    @Test
    void aParameterThatNothingRefersToIsAWarning() {
        assertThat(warnings(with("{ port: 80 }", "nice: 1", "p")))
                .containsExactly(
                        "ostler.yaml:3:15 (profiles.p.params.port): nothing in the profile refers to the parameter"
                                + " \"port\"");
        assertThat(warnings(with("{ port: 8 }", "nice: ${param.port}", "p"))).isEmpty();
    }

    @Test
    void aVariableOfTheEnvironmentIsNeverMeant() {
        var service = FakeProject.of(SHARED.replace("80", "8"), "services: { web: { command: [x], extends: p } }")
                .variable("param.port", "9")
                .variable("param", "10")
                .service();

        assertThat(service.limits().nice().map(Located::value)).contains(8);
    }

    @Test
    void chainsThatDoubleTheirValuesEnd() {
        List<String> lines = new ArrayList<>(List.of("profiles:"));
        for (int i = 0; i < 60; i++) {
            String next = i == 59
                    ? "command: [\"${param.x}\"]"
                    : "extends: { profile: p" + (i + 1) + ", with: { x: [\"${param.x}\", \"${param.x}\"] } }";
            lines.add("  p" + i + ": { params: { x: [a] }, " + next + " }");
        }
        lines.add("services: { web: { extends: p0 } }");

        assertThat(FakeProject.of(lines.toArray(new String[0])).messages())
                .anyMatch(message -> message.contains("parameters unfold to more than 1000000 values"));
    }

    @Test
    void textsThatDoubleEnd() {
        List<String> lines = new ArrayList<>(List.of("profiles:"));
        for (int i = 0; i < 40; i++) {
            String next = i == 39
                    ? "working_dir: \"${param.x}\""
                    : "extends: { profile: p" + (i + 1) + ", with: { x: \"${param.x}${param.x}\" } }";
            lines.add("  p" + i + ": { params: { x: a }, " + next + " }");
        }
        lines.add("services: { web: { command: [x], extends: p0 } }");

        assertThat(FakeProject.of(lines.toArray(new String[0])).messages())
                .anyMatch(message -> message.contains("characters"));
    }
}

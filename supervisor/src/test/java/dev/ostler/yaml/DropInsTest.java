package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.spec.EnvironmentVariable;
import dev.ostler.spec.ServiceSpec;
import java.nio.file.AccessDeniedException;
import org.junit.jupiter.api.Test;

class DropInsTest {
    private static FakeProject project() {
        return FakeProject.of("""
                profiles:
                  polite:
                    nice: 7
                services:
                  web:
                    command: [web]
                    environment: { A: base, B: base }
                    env_file: [base.env]
                """).file("base.env", "C=base");
    }

    private static String variable(ServiceSpec service, String name) {
        return service.process().environment().stream()
                .filter(variable -> variable.name().equals(name))
                .map(EnvironmentVariable::value)
                .findFirst()
                .orElse("none");
    }

    @Test
    void eachIsLaidOverTheOnesBeforeItByName() {
        ServiceSpec web = project()
                .file("ostler.d/20-b.yaml", "services: { web: { environment: { B: second }, nice: 2 } }")
                .file("ostler.d/10-a.yaml", "services: { web: { environment: { A: first, B: first }, nice: 1 } }")
                .service();

        assertThat(variable(web, "A")).isEqualTo("first");
        assertThat(variable(web, "B")).isEqualTo("second");
        assertThat(variable(web, "C")).isEqualTo("base");
        assertThat(web.limits().nice().orElseThrow().value()).isEqualTo(2);
        assertThat(web.limits().nice().orElseThrow().origin())
                .hasToString("ostler.d/20-b.yaml:1:54 (services.web.nice)");
    }

    @Test
    void listsAreReplacedOrAppendedTo() {
        FakeProject project = project().file("more.env", "D=more");

        assertThat(variable(
                        project.file("ostler.d/1.yaml", "services: { web: { +env_file: [more.env] } }")
                                .service(),
                        "C"))
                .isEqualTo("base");
        assertThat(variable(
                        project.file("ostler.d/1.yaml", "services: { web: { env_file: [more.env] } }")
                                .service(),
                        "C"))
                .isEqualTo("none");
    }

    @Test
    void theyCanAddServicesDefaultsAndProfiles() {
        FakeProject project = project().file("ostler.d/more.yaml", """
                profiles:
                  own: { extends: polite, umask: "0077" }
                defaults: { oom_score_adj: 5 }
                services:
                  more: { command: [more], extends: own }
                """);

        assertThat(project.service("more").limits().nice().orElseThrow().value())
                .isEqualTo(7);
        assertThat(project.service("web").limits().oomScoreAdj().orElseThrow().value())
                .isEqualTo(5);
    }

    @Test
    void onlyFilesThatAreMeantAreRead() {
        FakeProject project = project()
                .file("ostler.d/.hidden.yaml", "not sound")
                .file("ostler.d/web.yaml~", "not sound")
                .file("ostler.d/README", "not sound")
                .file("ostler.d/deeper/web.yaml", "not sound");

        assertThat(project.messages()).isEmpty();
    }

    @Test
    void theirMistakesHaveTheirPlaces() {
        FakeProject project = project()
                .file("ostler.d/a.yaml", "services: { web: { nise: 2 } }")
                .file("ostler.d/b.yaml", "service: {}")
                .file("ostler.d/c.yaml", "services: { web: 5, new: { nice: 3 } }");

        assertThat(project.messages())
                .containsExactly(
                        "ostler.d/a.yaml:1:20 (services.web.nise): unknown key \"nise\", did you mean \"nice\"?",
                        "ostler.d/b.yaml:1:1 (service): unknown key \"service\", did you mean \"services\"?",
                        "ostler.d/c.yaml:1:18 (services.web): expected a mapping, found text",
                        "ostler.d/c.yaml:1:21 (services.new): \"command\" is missing");
    }

    @Test
    void oneThatCannotBeReadIsAProblem() {
        FakeProject project =
                project().file("ostler.d/a.yaml", "").failing("ostler.d/a.yaml", new AccessDeniedException("a"));

        assertThat(project.messages())
                .containsExactly("ostler.yaml:1:1: cannot read \"ostler.d/a.yaml\": open: EACCES (Permission denied)");
    }

    @Test
    void aVariableCanTakeItsValueFromAFile() {
        ServiceSpec web = FakeProject.webWith("environment: { PASSWORD: { file: secrets/db }, PLAIN: x }")
                .file("secrets/db", "hunter2")
                .service();

        EnvironmentVariable password = web.process().environment().get(0);
        assertThat(password.value()).isEqualTo("hunter2");
        assertThat(password.hidden()).isTrue();
        assertThat(password.origin()).hasToString("ostler.yaml:4:38 (services.web.environment.PASSWORD.file)");
    }

    @Test
    void aFileOfAVariableThatIsNotThereOrNotNamedIsAProblem() {
        assertThat(FakeProject.webWith("environment: { A: { file: none }, B: {}, C: { path: x } }")
                        .messages())
                .containsExactly(
                        "ostler.yaml:4:31 (services.web.environment.A.file): cannot read \"none\": open: ENOENT"
                                + " (No such file or directory)",
                        "ostler.yaml:4:42 (services.web.environment.B): \"file\" is missing",
                        "ostler.yaml:4:49 (services.web.environment.C): \"file\" is missing",
                        "ostler.yaml:4:51 (services.web.environment.C.path): unknown key \"path\"");
    }
}

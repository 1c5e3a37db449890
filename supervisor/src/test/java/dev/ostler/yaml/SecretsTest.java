package dev.ostler.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Located;
import dev.ostler.spec.MountSpec;
import dev.ostler.spec.SandboxSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code secrets}, at the top of the file and in a service. */
class SecretsTest {
    private static FakeProject project(String secrets, String... sandbox) {
        String all = sandbox.length == 0 ? "" : ", sandbox: { " + String.join(", ", sandbox) + " }";
        return FakeProject.of(
                "secrets: { db: { file: db.txt }, key: { file: /etc/key } }",
                "services: { web: { command: [x], secrets: " + secrets + all + " } }");
    }

    @Test
    void eachIsAFileOfItsNameOrAnotherMountedReadOnly() {
        FakeProject project = project("[db, { source: key, target: tls.key }]", "root: empty");
        SandboxSpec sandbox = project.loaded().project().services().get(0).sandbox();
        String directory = project.source().directory().toString();

        assertThat(sandbox.mounts())
                .extracting(MountSpec::target)
                .containsExactly("/run/secrets", "/run/secrets/db", "/run/secrets/tls.key");
        MountSpec.Bind db = (MountSpec.Bind) sandbox.mounts().get(1);
        assertThat(db.source()).isEqualTo(directory + "/db.txt");
        assertThat(db.readOnly()).isTrue();
        assertThat(db.exec() || db.suid() || db.dev() || db.optional()).isFalse();
        assertThat(((MountSpec.Bind) sandbox.mounts().get(2)).source()).isEqualTo("/etc/key");
        assertThat(sandbox.readOnlyPaths()).extracting(Located::value).containsExactly("/run/secrets");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "root: image",
                "mounts: [{ tmpfs: /run }]",
                "mounts: [{ tmpfs: /run/secrets }]",
                "mounts: [{ bind: /run, to: /run }, { tmpfs: /run/secrets }]",
                "mounts: [{ tmpfs: / }]"
            })
    void theDirectoryIsMadeWhereThatChangesNothingOfTheHost(String sandbox) {
        assertThat(project("[db]", sandbox).messages()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "read_only: true",
                "root: host",
                "namespaces: [mount]",
                "mounts: [{ bind: /srv, to: /run }]",
                "mounts: [{ tmpfs: /run }, { bind: /, to: / }]"
            })
    void elsewhereItIsAnErrorThatSaysWhatToDo(String sandbox) {
        assertThat(project("[db]", sandbox).messages())
                .hasSize(1)
                .first()
                .asString()
                .contains("ostler.yaml:2:43 (services.web.secrets): a secret is a file in /run/secrets")
                .contains("environment.NAME.file");
        assertThat(project("[db]").messages()).hasSize(1); // without a sandbox there is no place at all
    }

    @Test
    void aDropInMayDeclareThemAndAProfileNameThem() {
        FakeProject project = FakeProject.of(
                        "profiles: { small: { secrets: [late] } }",
                        "services: { web: { extends: small, command: [x], sandbox: { root: empty } } }")
                .file("ostler.d/late.yaml", "secrets: { late: { file: /etc/late } }");

        assertThat(project.messages()).isEmpty();
        assertThat(project.loaded().project().services().get(0).sandbox().mounts())
                .hasSize(2);
    }

    @Test
    void mistakesAreToldWithTheirPlace() {
        assertThat(project("[bd, { target: x }, { source: db, target: a/b }, db, db]", "root: empty")
                        .messages())
                .containsExactly(
                        "ostler.yaml:2:44 (services.web.secrets[0]): there is no secret \"bd\" at the top of the file,"
                                + " did you mean \"db\"?",
                        "ostler.yaml:2:48 (services.web.secrets[1]): \"source\" is missing",
                        "ostler.yaml:2:85 (services.web.secrets[2].target): \"a/b\" is not the name of a file: letters,"
                                + " digits and . _ -",
                        "ostler.yaml:2:96 (services.web.secrets[4]): \"/run/secrets/db\" is there already");
        assertThat(FakeProject.of(
                                "secrets: { a: {}, b/c: { file: x }, d: { file: x, mode: 1 } }",
                                "services: { web: { command: [x] } }")
                        .messages())
                .hasSize(3)
                .anyMatch(text -> text.contains("\"file\" is missing"))
                .anyMatch(text -> text.contains("\"b/c\" is not the name of a file"))
                .anyMatch(text -> text.contains("unknown key \"mode\""));
    }

    @Test
    void withoutThemNothingIsMounted() {
        assertThat(project("[]").loaded().project().services().get(0).sandbox()).isEqualTo(SandboxSpec.NONE);
        assertThat(List.of(project("[]", "root: empty").messages())).containsExactly(List.of());
    }
}

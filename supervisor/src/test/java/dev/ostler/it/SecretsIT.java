package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that only the service sees the content of. */
class SecretsIT {
    private static final String VALUE = "correct-horse";

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s19_aSecretIsAFileOfTheServiceAndItsValueIsShownNowhere(As as) {
        String script = """
                [ "$(cat /run/secrets/db)" = correct-"horse" ] && echo found
                [ "$(cat /run/secrets/tls.key)" = correct-"horse" ] && echo again
                echo x > /run/secrets/db; echo x > /run/secrets/new; ls /run/secrets
                """;
        try (OstlerProject project = Sandboxed.project(
                as,
                script,
                List.of("secrets: [db, { source: db, target: tls.key }]"),
                List.of(Sandboxed.OWN_ROOT),
                List.of("{ tmpfs: /tmp }"))) {
            project.file("db.txt", VALUE)
                    .file("ostler.yaml", "secrets: { db: { file: db.txt } }\n" + project.text("ostler.yaml"));

            assertThat(Sandboxed.output(project))
                    .containsExactlyInAnyOrder( // two streams
                            "found",
                            "again",
                            "script.sh: 4: cannot create /run/secrets/db: Read-only file system",
                            "script.sh: 4: cannot create /run/secrets/new: Read-only file system",
                            "db",
                            "tls.key");

            project.file("ostler.yaml", project.text("ostler.yaml").replace("db.txt", "other.txt"));
            Result diff = project.run("diff").ok();
            assertThat(diff.out()).contains("secrets.db.file: ", "db.txt\" -> \"", "other.txt");
            for (Result shown :
                    List.of(project.run("plan"), project.run("status", "--json"), project.run("why", "web"), diff)) {
                assertThat(shown.out() + shown.err()).doesNotContain(VALUE);
            }
            assertThat(project.logs()).doesNotContain(VALUE);
        }
    }
}

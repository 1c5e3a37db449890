package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One command in a sandbox, and the plan that is kept for the next time. */
class RunIT {
    private static final String NO_PROJECT = "services: { unused: { command: ['true'] } }\n";

    private static final String PROFILES = """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /
                environment: { SIZE: "${SIZE:-small}" }
                sandbox:
                  namespaces: [mount, pid, ipc, uts]
                  read_only: true
                  mounts: [ { proc: /proc }, { tmpfs: /tmp } ]
            """;

    private static OstlerProject project(As as, String yaml) {
        return OstlerProject.create(as, yaml).env("SIZE", "large");
    }

    /** A JVM cannot be found any more: what works then is the kept plan. */
    private static OstlerProject withoutJava(OstlerProject project) {
        return project.env("JAVA_HOME", "/nonexistent").env("PATH", "/nonexistent");
    }

    private static List<Path> kept(OstlerProject project) throws IOException {
        Path cache = project.directory().resolve(".cache/ostler");
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.toList();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void runsACommandInASandboxAndEndsWithItsExitCode(As as) {
        try (OstlerProject project = project(as, PROFILES)) {
            Result result = project.run(
                    "run",
                    "-p",
                    "./ostler.yaml#box",
                    "--",
                    "sh",
                    "-c",
                    "echo $SIZE $0; touch /var/tmp/x; exit 7",
                    "argument");

            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.out()).isEqualTo("large argument\n");
            assertThat(result.err()).contains("Read-only file system");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theSecondTimeNoJavaIsStartedWhateverTheArgumentsAre(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            String[] first = {"run", "-s", "sandbox.network=none", "--", "sh", "-c", "exit 3"};
            assertThat(project.run(first).exitCode()).isEqualTo(3);
            assertThat(kept(project))
                    .singleElement()
                    .satisfies(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));

            withoutJava(project);

            assertThat(project.run("run", "-s", "sandbox.network=none", "--", "sh", "-c", "kill -9 $$")
                            .exitCode())
                    .isEqualTo(128 + 9);
            assertThat(project.run("run", "-s", "sandbox.network=host", "--", "sh", "-c", "exit 3")
                            .err())
                    .as("another sandbox is another plan")
                    .contains("java");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aChangedFileOrVariableMakesANewPlan(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("p.yaml", "profiles: { p: { environment: { A: \"1\" } } }\n");
            String[] command = {"run", "-p", "./p.yaml#p", "--", "sh", "-c", "echo $A"};
            assertThat(project.run(command).ok().out()).isEqualTo("1\n");

            project.file("p.yaml", "profiles: { p: { environment: { A: \"two\" } } }\n");

            assertThat(project.run(command).ok().out()).isEqualTo("two\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanWithSecretsIsNotKept(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.file("secret.env", "PASSWORD=hidden\n");

            Result result = project.run("run", "-s", "env_file=secret.env", "--", "sh", "-c", "echo $PASSWORD");

            assertThat(result.ok().out()).isEqualTo("hidden\n");
            assertThat(kept(project)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aCacheThatOthersMayWriteToIsIgnored(As as) throws IOException {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            project.shell("mkdir -p .cache/ostler && chmod 0777 .cache/ostler").ok();

            assertThat(project.run("run", "--", "sh", "-c", "exit 4").exitCode())
                    .isEqualTo(4);

            assertThat(kept(project)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void mistakesAreToldWithTheirPlace(As as) {
        try (OstlerProject project = project(as, NO_PROJECT)) {
            Result unknown = project.run("run", "-s", "sandbox.netwrk=none", "--", "true");
            assertThat(unknown.exitCode()).isEqualTo(1);
            assertThat(unknown.err())
                    .startsWith("<command line>:")
                    .contains("unknown key \"netwrk\", did you mean \"network\"?");

            Result profile = project.run("run", "-p", "nosuch", "--", "true");
            assertThat(profile.exitCode()).isEqualTo(1);
            assertThat(profile.err()).contains("nosuch");

            assertThat(project.run("run", "true").exitCode()).isEqualTo(2);
            assertThat(project.run("run", "-s", "nothing", "--", "true").err())
                    .startsWith("\"nothing\" is not KEY=VALUE\n");
            Result missing = project.run("run", "--", "no-such-program");
            assertThat(missing.exitCode()).isEqualTo(127);
            assertThat(missing.err()).startsWith("cannot start: execve \"no-such-program\": ENOENT");
        }
    }
}

package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.plan.HostFacts.Executable;
import dev.ostler.plan.PlanDecoder;
import dev.ostler.testing.FakeHostFacts;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalCommandsTest {
    private static final String TWO = """
            services:
              db:
                command: [/bin/true]
              web:
                command: [/bin/true, -x]
                environment: { TOKEN: "${TOKEN}", PORT: "8080" }
                depends_on: [db]
            """;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private Path project;
    private FakeHostFacts facts;

    @BeforeEach
    void install() throws IOException {
        project = Files.createDirectory(directory.resolve("project"));
        Path home = directory.resolve("home");
        Files.createDirectories(home.resolve("profiles"));
        Files.copy(Path.of("../profiles/default.yaml"), home.resolve("profiles/default.yaml"));
        facts = FakeHostFacts.plainUser().file("/bin/true", Executable.EXECUTABLE);
    }

    @Test
    void checkSaysThatAllIsWell() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("check")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).isEqualTo("ostler.yaml: 2 services, no problems\n");
        assertThat(text(err)).isEmpty();
    }

    @Test
    void checkFindsWhatTheFileGetsWrong() throws IOException {
        write("other.yaml", """
                services:
                  web:
                    command: [/bin/true]
                    comand: [x]
                """);

        assertThat(run("check", "other.yaml")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("other.yaml:4:").contains("comand").contains("command");
    }

    @Test
    void checkFindsWhatTheHostCannotGive() throws IOException {
        write("ostler.yaml", """
                services:
                  web:
                    command: [frobnicate]
                  db:
                    command: [/bin/true]
                    user: app
                    cpu_affinity: "64"
                """);

        assertThat(run("check")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err).lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("ostler.yaml:3:") && line.contains("cannot find \"frobnicate\""))
                .anyMatch(line -> line.startsWith("ostler.yaml:6:") && line.contains("needs CAP_SETUID"))
                .anyMatch(line -> line.startsWith("ostler.yaml:7:") && line.contains("CPU 64 does not exist"));
    }

    @Test
    void checkWarnsOfWhatIsLeftOut() throws IOException {
        write("ostler.yaml", """
                services:
                  web:
                    command: [/bin/true]
                    user: { name: app, if_unsupported: warn }
                """);

        assertThat(run("check")).isEqualTo(ExitCode.OK);
        assertThat(text(err)).startsWith("warning: ostler.yaml:4:").contains("cannot run \"web\" as user \"app\"");
    }

    @Test
    void checkNamesAFileThatIsMissing() {
        assertThat(run("check", "none.yaml")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).contains("none.yaml");
    }

    @Test
    void planPrintsEveryServiceAndHidesValues() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan")).isEqualTo(ExitCode.OK);
        assertThat(text(out))
                .startsWith("# db\n 1 FDS ")
                .contains("# web\n")
                .contains("\"TOKEN=***\"")
                .contains("\"PORT=8080\"")
                .doesNotContain("s3cret");
    }

    @Test
    void planPrintsOneServiceWithItsValues() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan", "ostler.yaml", "web", "--show-values")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).startsWith("# web\n").doesNotContain("# db\n").contains("\"TOKEN=s3cret\"");
    }

    private static final String HOOK = """
            services:
              web:
                command: [/bin/true]
                hooks: { post_stop: [/bin/%s, -y] }
            """;

    @Test
    void planPrintsHooksBehindTheirService() throws IOException {
        write("ostler.yaml", HOOK.formatted("true"));

        assertThat(run("plan")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).containsSubsequence("# web\n", "# web post_stop\n", "argv=[\"/bin/true\", \"-y\"]");
        assertThat(run("plan", "-o", "web.plan")).isEqualTo(ExitCode.OK);
    }

    @Test
    void checkLooksForTheProgramsOfHooks() throws IOException {
        write("ostler.yaml", HOOK.formatted("treu"));

        assertThat(run("check")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).isEqualTo("ostler.yaml:4:25 (services.web.hooks.post_stop): cannot find \"/bin/treu\"\n");
    }

    @Test
    void planNamesTheServicesThereAre() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan", "ostler.yaml", "x")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).isEqualTo("unknown service \"x\", there are: db, web\n");
    }

    @Test
    void planFilesAreForOneServiceAndOneOwner() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan", "-f", "ostler.yaml", "web", "-o", "web.plan")).isEqualTo(ExitCode.OK);

        Path plan = project.resolve("web.plan");
        PlanDecoder.DecodedPlan decoded = PlanDecoder.decode(Files.readAllBytes(plan));
        assertThat(decoded.passedDescriptors()).isZero();
        assertThat(decoded.ops().get(decoded.ops().size() - 1).origin())
                .isEqualTo("ostler.yaml:5:14 (services.web.command)");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(plan)))
                .isEqualTo("rw-------");
        try (var files = Files.list(project)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("ostler.yaml", "web.plan");
        }
    }

    @Test
    void planFilesOfSeveralServicesAreAUsageError() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan", "-o", "all.plan")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).isEqualTo("-o takes one service, name one of: db, web\nsee ostler plan --help\n");
    }

    @Test
    void aPlaceThatCannotBeWrittenIsNamed() throws IOException {
        write("ostler.yaml", TWO);

        assertThat(run("plan", "ostler.yaml", "web", "-o", "none/web.plan")).isEqualTo(ExitCode.FAILED);
        assertThat(text(err)).isEqualTo("cannot write \"none/web.plan\": ENOENT (No such file or directory)\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"check", "plan", "status", "start", "stop", "restart", "logs", "down", "audit"})
    void everyCommandHasHelp(String name) {
        assertThat(run(name, "--help")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).startsWith("Usage: ostler " + name);
    }

    @Test
    void theOverviewNamesEveryCommand() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);
        assertThat(text(out)).contains("status", "start", "stop", "restart", "logs", "down", "audit", "check", "plan");
    }

    @Test
    void mistakesAreUsageErrors() {
        assertThat(run("check", "--frob")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).isEqualTo("unknown option \"--frob\"\nsee ostler check --help\n");
    }

    private void write(String name, String yaml) throws IOException {
        Files.writeString(project.resolve(name), yaml);
    }

    private int run(String... arguments) {
        LocalContext context = new LocalContext(
                project,
                directory.resolve("home"),
                Map.of("TOKEN", "s3cret"),
                new PrintStream(out, false, StandardCharsets.UTF_8),
                new PrintStream(err, false, StandardCharsets.UTF_8),
                () -> facts);
        return Main.run(context, arguments);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}

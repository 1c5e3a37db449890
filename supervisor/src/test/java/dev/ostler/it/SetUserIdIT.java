package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** C23: a binary that somebody has made set-user-ID does nothing for anybody. */
class SetUserIdIT {
    private static final String REFUSED = "ostler has rights by its file (a set-user-ID or set-group-ID bit, or file"
            + " capabilities), and does not run so\n";

    private static final List<String> ROLES =
            List.of("--version", "exec x.plan", "init -- id", "up", "status", "run -- id");

    @ParameterizedTest
    @ValueSource(strings = {"chmod 4755", "chmod 2755", "PROBE capable"})
    void c23_rightsOfTheFileAreRefusedInEveryRole(String rights) throws Exception {
        As.needRoot("CAP_CHOWN and CAP_SETFCAP, for a program with rights of its own");
        try (OstlerProject project = OstlerProject.create(As.PLAIN_USER, "services: { a: { command: [id] } }\n")) {
            Path binary =
                    executable(Path.of(project.binary()), project.directory().resolve("ostler"));
            Path probe = executable(SandboxProbe.PROGRAM, project.directory().resolve("probe"));
            assertThat(project.shell("./ostler --version").ok().out()).startsWith("ostler ");

            String[] command = rights.replace("PROBE", probe.toString()).split(" ");
            Process given = new ProcessBuilder(command[0], command[1], binary.toString())
                    .inheritIO()
                    .start();
            assertThat(given.waitFor()).isZero();

            for (String role : ROLES) {
                Result result = project.shell("./ostler " + role);
                assertThat(result.err()).as(role).isEqualTo(REFUSED);
                assertThat(result.out()).as(role).isEmpty();
                assertThat(result.exitCode()).as(role).isEqualTo(1);
            }
        }
    }

    /** A copy that belongs to whoever runs the tests. */
    private static Path executable(Path from, Path to) throws IOException {
        Files.copy(from, to);
        return Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}

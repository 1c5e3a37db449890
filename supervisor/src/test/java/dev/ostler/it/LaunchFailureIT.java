package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only the launch finds out is told to whoever waits for it, and stays in {@code status}. */
class LaunchFailureIT {
    private static final String MISSING_FILES = """
            defaults: { restart: "no" }
            services:
              program: { command: [no-such-program] }
              path: { command: [./no/such/program] }
              script: { command: [./script] }
              binary: { command: [./binary] }
              text: { command: [./text] }
              folder: { command: ["true"], working_dir: no-such-folder }
            """;

    private static final String BINDS = """
            import java.net.InetSocketAddress;
            import java.net.ServerSocket;

            public class Bind {
                public static void main(String[] args) throws Exception {
                    System.out.println("about to bind");
                    ServerSocket socket = new ServerSocket();
                    socket.bind(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])));
                    Thread.sleep(1_000_000);
                }
            }
            """;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void aMissingProgramInterpreterLoaderOrFolder(As as) {
        try (OstlerProject project = OstlerProject.create(as, MISSING_FILES)) {
            project.file("script", "#!/no/such/interpreter\n");
            project.file("text", "echo hello\n");
            CProgram.compile(
                    project, "binary", "int main(void) { return 0; }\n", "-Wl,--dynamic-linker=/no/such/loader");
            String here = project.directory().toString();
            String[][] expected = {
                {
                    "program",
                    "execve \"no-such-program\": ENOENT (No such file or directory)"
                            + " at ostler.yaml:3:23 (services.program.command)"
                },
                {
                    "path",
                    "execve \"" + here + "/no/such/program\": ENOENT (No such file or directory)"
                            + " at ostler.yaml:4:20 (services.path.command)"
                },
                {
                    "script",
                    "execve \"" + here + "/script\": ENOENT (interpreter \"/no/such/interpreter\" does not exist)"
                            + " at ostler.yaml:5:22 (services.script.command)"
                },
                {
                    "binary",
                    "execve \"" + here + "/binary\": ENOENT (loader \"/no/such/loader\" does not exist)"
                            + " at ostler.yaml:6:22 (services.binary.command)"
                },
                {
                    "text",
                    "execve \"" + here + "/text\": EACCES (Permission denied)"
                            + " at ostler.yaml:7:20 (services.text.command)"
                },
                {
                    "folder",
                    "chdir \"" + here + "/no-such-folder\": ENOENT (No such file or directory)"
                            + " at ostler.yaml:8:45 (services.folder.working_dir)"
                },
            };

            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            for (String[] row : expected) {
                String message = "cannot start \"" + row[0] + "\": " + row[1];
                assertThat(up.err().lines()).contains(message);
                assertThat(project.status(row[0]).get("reason").asText()).startsWith(message);
                Result start = project.run("start", row[0]);
                assertThat(start.err().lines()).first().isEqualTo(message);
                assertThat(start.exitCode()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void aPortInUseIsToldWithTheLastLinesOfTheService(As as) throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                OstlerProject project = OstlerProject.create(as, bindYaml(taken.getLocalPort()))) {
            project.file("Bind.java", BINDS);

            Result up = project.run("up", "-d");
            Result start = project.run("start", "web");

            for (Result result : new Result[] {up, start}) {
                assertThat(result.exitCode()).isEqualTo(1);
                assertThat(result.err()).containsPattern("(?m)^cannot start \"web\": exited 1 after.*$");
                assertThat(result.err()).contains("web | about to bind\n");
                assertThat(result.err()).containsPattern("(?m)^web \\| .*BindException: Address already in use.*$");
            }
            assertThat(project.status("web").get("last_exit").get("code").asInt())
                    .isEqualTo(1);
        }
    }

    /** Its readiness is another port, so that whoever starts it waits for it to come up or to end. */
    private static String bindYaml(int port) throws IOException {
        Path java = Jdk.current().home().resolve("bin/java");
        try (ServerSocket free = new ServerSocket(0)) {
            return """
                    services:
                      web:
                        command: [%s, Bind.java, "%d"]
                        restart: "no"
                        ready: { tcp: %d }
                    """.formatted(java, port, free.getLocalPort());
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The protocols as programs speak them that others wrote. */
class OtherClientsIT {
    private static final String INHERITED = """
            import java.nio.ByteBuffer;
            import java.nio.channels.ServerSocketChannel;
            import java.nio.channels.SocketChannel;

            public class Inherited {
                public static void main(String[] args) throws Exception {
                    ServerSocketChannel server = (ServerSocketChannel) System.inheritedChannel();
                    while (true) {
                        try (SocketChannel client = server.accept()) {
                            client.write(ByteBuffer.wrap("from java\\n".getBytes()));
                        }
                    }
                }
            }
            """;

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void systemdNotify(As as) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-notify")), "needs systemd-notify (package systemd)");
        String yaml = """
                services:
                  web:
                    command: [sh, -c, 'systemd-notify --status=warming; systemd-notify --ready --status=serving && echo told; exec sleep 1000']
                    ready: { notify: true, timeout: 20s }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();

            assertThat(project.status("web").get("status_text").asText()).isEqualTo("serving");
            Eventually.until(
                    "it has passed its barrier", () -> project.log("web").contains("stdout F:1 told"));
            assertThat(project.logs()).doesNotContain("notification refused");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void libsystemd(As as) throws IOException {
        assumeTrue(
                Files.exists(Path.of("/usr/include/systemd/sd-daemon.h")),
                "needs sd-daemon.h (package libsystemd-dev)");
        String yaml = """
                services:
                  web:
                    command: [./libsystemd]
                    sockets: { http: { tcp: %d }, ctl: { unix: ctl.sock } }
                    ready: { notify: true, timeout: 20s }
                    watchdog: 2s
                """.formatted(FreePort.next());
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            String source = Files.readString(Path.of("src/test/resources/it/libsystemd.c"));
            CProgram.compile(project, "libsystemd", source, "-Wl,--no-as-needed", "-lsystemd");
            project.run("up", "-d").ok();

            assertThat(project.status("web").get("status_text").asText()).isEqualTo("2 sockets");
            assertThat(project.log("web")).contains("stdout F:1 watchdog 2000000");
        }
    }

    /** A supervisor of others, that tells its own when it is there. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s6(As as) {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/s6-svscan")), "needs s6-svscan (package s6)");
        String yaml = """
                services:
                  tree: { command: [s6-svscan, -d, '5', scan], ready: { fd: 5, timeout: 20s } }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            FaultWalk.writable(project, "scan");
            project.run("up", "-d").ok();

            assertThat(project.status("tree").get("state").asText()).isEqualTo("ready");
            assertThat(project.directory().resolve("scan/.s6-svscan")).exists();
            assertThat(project.log("tree")).contains("ostler F:1 ready");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aJvmTakesItsListenerFromStandardInput(As as) {
        int port = FreePort.next();
        String yaml = """
                services:
                  web:
                    command: [%s/bin/java, -Xshare:auto, -cp, ., Inherited]
                    sockets: { http: { tcp: %d, as: stdin } }
                """.formatted(System.getProperty("java.home"), port);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.file("Inherited.java", INHERITED);
            int code = ToolProvider.getSystemJavaCompiler()
                    .run(
                            null,
                            null,
                            null,
                            project.directory().resolve("Inherited.java").toString());
            assertThat(code).isZero();
            project.run("up", "-d").ok();

            assertThat(SocketActivationIT.ask(port)).isEqualTo("from java");
        }
    }
}

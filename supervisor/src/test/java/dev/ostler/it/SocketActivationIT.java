package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ostler.base.Pid;
import dev.ostler.base.Signal;
import dev.ostler.linux.PidFd;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Sockets that are open before their service is, and outlive it and the supervisor. */
class SocketActivationIT {
    private static OstlerProject project(As as, String yaml) {
        OstlerProject project = OstlerProject.create(as, yaml);
        CProgram.build(project, "activated");
        return project;
    }

    /** One line from whoever serves the port. */
    static String ask(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return line(socket);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String line(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII)).readLine();
    }

    private static void killSupervisor(OstlerProject project) {
        long old = Eventually.value("there is a supervisor", project::supervisorPid);
        try (PidFd process = PidFd.open(new Pid((int) old))) {
            process.sendSignal(Signal.KILL);
        }
        Eventually.until(
                "the old supervisor is gone", () -> !project.supervisorPid().equals(Optional.of(old)));
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aConnectionIsNeverRefusedWhateverBecomesOfServiceAndSupervisor(As as) throws IOException {
        int port = FreePort.next();
        String yaml = """
                services:
                  web:
                    command: [./activated]
                    sockets: { http: { tcp: %d }, ctl: { unix: run.sock, mode: "0600" } }
                """.formatted(port);
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();
            assertThat(ask(port)).isEqualTo(project.pid("web") + " http");
            project.run("audit", "web").ok();
            killSupervisor(project);
            assertThat(ask(port)).isEqualTo(project.pid("web") + " http");

            project.run("stop", "web").ok();
            try (Socket waiting = new Socket("127.0.0.1", port)) {
                killSupervisor(project);
                project.run("start", "web").ok();
                assertThat(line(waiting)).isEqualTo(project.pid("web") + " http");
            }
            project.run("down").ok();
            assertThat(project.directory().resolve("run.sock")).doesNotExist();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void trafficStartsItAgainAndAgain(As as) {
        int port = FreePort.next();
        String yaml = """
                services:
                  web:
                    command: [./activated, once]
                    sockets: { http: { tcp: %d } }
                    activation: traffic
                """.formatted(port);
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();
            assertThat(project.status("web").get("reason").asText()).isEqualTo("waiting for traffic on its sockets");

            assertThat(ask(port)).endsWith(" http");
            Eventually.until("it waits again", () -> isWaiting(project));
            killSupervisor(project);
            assertThat(ask(port)).endsWith(" http");

            Eventually.until("it waits again", () -> isWaiting(project));
            assertThat(project.status("web").get("run").asInt()).isEqualTo(2);
            assertThat(project.status("web").get("wanted").asText()).isEqualTo("up");
        }
    }

    private static boolean isWaiting(OstlerProject project) {
        return project.status("web").get("reason").asText().endsWith("; waiting for traffic on its sockets");
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatComesInByApplyWaitsForTrafficOnItsAddressAsOfNow(As as) {
        int before = FreePort.next();
        int after = FreePort.next();
        int late = FreePort.next();
        String yaml = """
                services:
                  web: { command: [./activated, once], sockets: { http: { tcp: %d } }, activation: traffic }
                """;
        String added = """
                  late: { command: [./activated, once], sockets: { http: { tcp: %d } }, activation: traffic }
                """;
        try (OstlerProject project = project(as, yaml.formatted(before))) {
            project.run("up", "-d").ok();

            project.file("ostler.yaml", yaml.formatted(after) + added.formatted(late));
            project.run("apply").ok();

            for (String service : List.of("web", "late")) {
                assertThat(project.status(service).get("reason").asText())
                        .isEqualTo("waiting for traffic on its sockets");
                assertThat(project.status(service).get("run").asInt()).isZero();
            }
            assertThat(ask(after)).endsWith(" http");
            assertThat(ask(late)).endsWith(" http");
            assertThatThrownBy(() -> ask(before)).hasMessageContaining("refused");
            killSupervisor(project);
            Eventually.until("it waits again", () -> isWaiting(project));
            assertThat(ask(after)).endsWith(" http");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT"})
    void whoLeavesTheTrafficThereIsNotStartedForEver(As as) throws IOException {
        int port = FreePort.next();
        String yaml = """
                services:
                  web:
                    command: ["true"]
                    sockets: { http: { tcp: %d } }
                    activation: traffic
                """.formatted(port);
        try (OstlerProject project = project(as, yaml)) {
            project.run("up", "-d").ok();
            try (Socket waiting = new Socket("127.0.0.1", port)) {
                Eventually.until(
                        "it is left alone", () -> project.supervisorSaid().contains("event=traffic-ignored"));
                assertThat(waiting.isConnected()).isTrue();
            }
            assertThat(project.status("web").get("run").asInt()).isEqualTo(20);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPortInUseIsSaidWithItsLineAndTriedAgain(As as) throws IOException {
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = taken.getLocalPort();
        boolean visible = as != As.PLAIN_USER || !As.isRoot(); // what root has open only root can see
        String holder = visible ? "process " + ProcessHandle.current().pid() + " (java)" : "a process of user 0";
        String yaml = """
                services:
                  web:
                    command: [./activated]
                    sockets: { http: { tcp: %d } }
                    restart: { backoff: { max: 200ms } }
                """.formatted(port);
        try (OstlerProject project = project(as, yaml)) {
            try (taken) {
                project.up();
                project.awaitUp();
                Eventually.until(
                        "it is said",
                        () -> project.status("web")
                                .get("reason")
                                .asText()
                                .contains("EADDRINUSE (Address already in use) at ostler.yaml:4:22"
                                        + " (services.web.sockets.http); port " + port + " is held by " + holder));
            }
            project.await("web", "ready");
            assertThat(ask(port)).endsWith(" http");
        }
    }
}

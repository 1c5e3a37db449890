package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way to prove that a service is ready, and what does not prove it. */
class ChecksIT {
    /** Says and does nothing before there is a file "go". */
    private static final String WAITING = """
            #!/bin/sh
            until [ -e go ]; do sleep 0.02; done
            %s
            exec sleep 1000
            """;

    private static OstlerProject waiting(As as, String then, String check) {
        OstlerProject project = OstlerProject.create(as, """
                services:
                  app:
                    command: [./app.sh]
                    ready: { %s }
                """.formatted(check));
        project.file("app.sh", WAITING.formatted(then)).up();
        return project.awaitUp();
    }

    private static void becomesReadyAtItsWord(OstlerProject project) {
        project.await("app", "started");

        project.file("go", "");

        JsonNode status = project.await("app", "ready");
        assertThat(status.get("run").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aFile(As as) {
        try (OstlerProject project = waiting(as, "touch ready", "file: ready")) {
            becomesReadyAtItsWord(project);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aLineOnStandardErrorAfterADeathOfTheSupervisor(As as) {
        try (OstlerProject project = waiting(as, "echo 'ready now' >&2", "log: '^ready'")) {
            project.await("app", "started");
            project.killSupervisor();
            becomesReadyAtItsWord(project);
        }
    }

    @Test
    void aLineOfAnEarlierRunProvesNothing() {
        try (OstlerProject project = waiting(As.CURRENT, "echo ready; rm go", "log: '^ready'")) {
            becomesReadyAtItsWord(project);

            project.start(List.of(project.binary()), List.of("restart", "app"), "restart");

            Eventually.until(
                    "the second run", () -> project.status("app").get("run").asInt() == 2);
            project.await("app", "started");
            project.killSupervisor(); // who looks into the log of the first run
            project.await("app", "started");
            project.file("go", "");
            project.awaitRun("app", 2);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aSocketThatListensOnlyWhenItIsOfTheService(As as) throws IOException {
        ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        int port = stranger.getLocalPort();
        String java = "\"$JAVA_HOME/bin/java\" Answering.java " + port + " 0 & wait";
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  app:
                    command: [./app.sh]
                    environment: { JAVA_HOME: '${JAVA_HOME}' }
                    ready: { listening: %d, interval: 20ms, timeout: 60s }
                """.formatted(port))) {
            project.file("Answering.java", Files.readString(Path.of("src/test/resources/it/Answering.java")));
            project.file("app.sh", WAITING.formatted(java)).up();
            project.awaitUp();
            Eventually.until(
                    "the stranger's socket does not count",
                    () -> project.status("app")
                            .path("probe")
                            .asText()
                            .equals("listening " + port + ": a process that is not of the service listens"));

            stranger.close();
            becomesReadyAtItsWord(project);
        } finally {
            stranger.close();
        }
    }

    @Test
    void aSocketThatListensInANetworkOfItsOwn() throws IOException {
        As.needRoot("CAP_SYS_ADMIN, to enter a network namespace");
        String java = "\"$JAVA_HOME/bin/java\" Answering.java 8080 0 & wait";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, """
                services:
                  app:
                    command: [./app.sh]
                    environment: { JAVA_HOME: '${JAVA_HOME}' }
                    ready: { listening: 8080, interval: 20ms, timeout: 60s }
                    sandbox: { network: none }
                """)) {
            project.file("Answering.java", Files.readString(Path.of("src/test/resources/it/Answering.java")));
            project.file("app.sh", WAITING.formatted(java)).up();
            project.awaitUp();
            becomesReadyAtItsWord(project);
        }
    }

    @Test
    void aPingOrTheReasonWhyItCannotBe() {
        for (As as : List.of(As.CURRENT, As.PLAIN_USER)) {
            try (OstlerProject project = waiting(as, ":", "ping: 127.0.0.1")) {
                Eventually.until("it is ready, or says why not", () -> {
                    JsonNode status = project.status("app");
                    return status.get("state").asText().equals("ready")
                            || status.path("probe")
                                    .asText()
                                    .startsWith("ping 127.0.0.1: socket(ICMP) \"127.0.0.1\": E");
                });
                assertThat(as.hasRoot()
                                && !project.status("app").get("state").asText().equals("ready"))
                        .isFalse();
            }
        }
    }
}

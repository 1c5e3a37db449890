package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A service whose port somebody else has. */
class FreePortsIT {
    private static String yaml(ServerSocket taken, String within) {
        return """
                services:
                  web:
                    command: [sh, -c, 'echo run >> runs; exec sleep 1000']
                    free_ports: { tcp: [%d], within: %s }
                    restart: { backoff: { initial: 10ms, max: 10ms }, limit: { count: 2 } }
                """.formatted(taken.getLocalPort(), within);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void j22_aPortThatStaysTakenIsAFailedStartThatNamesItsHolderUntilTheLimit(As as) throws IOException {
        try (ServerSocket taken = new ServerSocket(0);
                OstlerProject project = OstlerProject.create(as, yaml(taken, "100ms"))) {
            Result up = project.run("up", "-d");

            boolean seesAll = as == As.CURRENT || !As.isRoot();
            // a child that the JVM of the tests is about to make holds all that it holds
            String holder = seesAll ? "process \\d+ \\((java|jspawnhelper)\\)" : "a process of user 0";
            String why = "port " + taken.getLocalPort() + " is held by " + holder;
            assertThat(up.err()).containsPattern("cannot start \"web\": " + why + "\n");
            String reason = project.await("web", "failed").get("reason").asText();
            assertThat(reason)
                    .startsWith("gave up after 2 restarts in 60 s; last: ")
                    .containsPattern(why);
            assertThat(project.text("runs")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void j22_aStartWaitsUntilThePortIsFreeAlsoOverTheDeathOfTheSupervisor(As as) throws IOException {
        ServerSocket taken = new ServerSocket(0);
        try (OstlerProject project = OstlerProject.create(as, yaml(taken, "1h"))) {
            project.up();
            project.awaitUp();
            String waiting = "waiting for port " + taken.getLocalPort() + " to be free";
            Eventually.until(
                    "it says what it waits for",
                    () -> project.run("status").out().contains(waiting));

            ProcessHandle.of(project.supervisorPid().orElseThrow()).ifPresent(ProcessHandle::destroyForcibly);
            Eventually.until(
                    "its successor waits too", () -> project.run("status").out().contains(waiting));
            taken.close();

            assertThat(project.await("web", "ready").get("run").asInt()).isEqualTo(1);
        } finally {
            taken.close();
        }
    }

    @Test
    void s25_aStopDuringTheWaitEndsIt() throws IOException {
        try (ServerSocket taken = new ServerSocket(0);
                OstlerProject project = OstlerProject.create(As.CURRENT, yaml(taken, "1h"))) {
            project.up();
            project.awaitUp();
            project.await("web", "starting");

            project.run("stop", "web").ok();

            assertThat(project.status("web").get("state").asText()).isEqualTo("down");
            assertThat(project.text("runs")).isEmpty();
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The processes of a sandbox: what its init owes them, what their end says, and that nothing of them stays. */
class SandboxProcessesIT {
    private static final int ORPHANS = Boolean.getBoolean("ostler.long") ? 10_000 : 1_000;

    /** Seconds that no other process of this host sleeps: what a service has left is found by them. */
    private final String sleep = Long.toString(ThreadLocalRandom.current().nextLong(1_000_000, 9_000_000));

    private static String yaml(String service, String sandbox) {
        return """
                services:
                  web:
                    command: [sh, script.sh]
                    %s
                    sandbox: { %s }
                """.formatted(service, sandbox);
    }

    /** Three that ignore SIGTERM: a child, one in a session of its own, one whose parent has ended. */
    private String family() {
        return """
                (trap '' TERM; exec sleep %1$s) &
                setsid sh -c 'trap "" TERM; exec sleep %1$s' &
                (setsid sh -c 'trap "" TERM; exec sleep %1$s' &)
                exec sleep %1$s
                """.formatted(sleep);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theInitReapsOrphansAndPassesSignalsOn(As as) {
        String script = """
                trap 'echo told; exit 3' TERM
                i=0; while [ $i -lt %d ]; do ( ( : ) & ); i=$((i+1)); done
                echo all
                while :; do sleep 0.05; done
                """.formatted(ORPHANS);
        try (OstlerProject project = OstlerProject.create(
                as, yaml("restart: \"no\"", "namespaces: [pid], mounts: [{ proc: /proc }], read_only: true"))) {
            project.file("script.sh", script).run("up", "-d").ok();
            Eventually.until(
                    "all orphans were made", () -> Sandboxed.lines(project).contains("all"));
            long init = parent(project.pid("web"));
            assertThat(comm(init)).isEqualTo("ostler-init");

            Eventually.until("no zombie is left", () -> zombies(init) == 0);
            assertThat(project.status("web").get("state").asText()).isEqualTo("ready");
            project.shell("kill -TERM " + init).ok();

            JsonNode status = Sandboxed.ended(project);
            assertThat(status.at("/last_exit/code").asInt()).isEqualTo(3);
            assertThat(Sandboxed.lines(project)).endsWith("told");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void exitCodesAndSignalsAreThoseOfTheService(As as) {
        StringBuilder yaml = new StringBuilder("defaults: { restart: \"no\" }\nservices:\n");
        for (int code : new int[] {0, 1, 42, 127, 143, 255}) {
            for (boolean init : new boolean[] {true, false}) {
                yaml.append("  c%d%s: { command: [sh, -c, exit %d], sandbox: { namespaces: [pid], init: %s } }\n"
                        .formatted(code, init ? "i" : "n", code, init));
            }
        }
        for (int signal : new int[] {1, 9, 15, 34}) {
            yaml.append("  s%d: { command: [sh, -c, 'kill -%d $$$$'], sandbox: { namespaces: [pid] } }\n"
                    .formatted(signal, signal));
        }
        try (OstlerProject project = OstlerProject.create(as, yaml.toString())) {
            project.run("up", "-d");

            assertThat(project.statuses()).hasSize(16).allSatisfy(service -> {
                String name = service.get("name").asText();
                int number = Integer.parseInt(name.replaceAll("\\D", ""));
                JsonNode exit = service.get("last_exit");
                if (name.startsWith("c")) {
                    assertThat(exit.get("code").asInt(-1)).as(name).isEqualTo(number);
                } else {
                    assertThat(exit.get("signal").asText())
                            .as(name)
                            .isEqualTo(new dev.ostler.base.Signal(number).toString());
                }
            });
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void stopReturnsWhenNothingOfItIsLeft(As as) {
        for (String sandbox : List.of("namespaces: [pid]", "namespaces: [pid], init: false", "hostname: inside")) {
            try (OstlerProject project = OstlerProject.create(as, yaml("stop_grace_period: 300ms", sandbox))) {
                project.file("script.sh", family()).run("up", "-d").ok();
                Eventually.until("all four are there", () -> sleepers().size() == 4);

                project.run("stop", "web").ok();

                assertThat(sleepers()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aDeadSupervisorChangesNothing(As as) {
        try (OstlerProject project = OstlerProject.create(as, yaml("restart: always", "namespaces: [pid, ipc]"))) {
            project.file("script.sh", family()).run("up", "-d").ok();
            Eventually.until("all four are there", () -> sleepers().size() == 4);
            List<Long> before = sleepers();
            long pid = project.pid("web");
            long supervisor = project.supervisorPid().orElseThrow();

            project.shell("kill -9 " + supervisor).ok();
            Eventually.until(
                    "another supervisor answers",
                    () -> project.supervisorPid()
                                    .filter(next -> next != supervisor)
                                    .isPresent()
                            && project.run("status").exitCode() == 0);

            assertThat(project.pid("web")).isEqualTo(pid);
            assertThat(project.status("web").get("run").asInt()).isEqualTo(1);
            assertThat(sleepers()).isEqualTo(before);
            project.run("stop", "web").ok();
            assertThat(sleepers()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theDeathOfTheKeeperEndsItWhenThereIsADeathSignal(As as) {
        try (OstlerProject project =
                OstlerProject.create(as, yaml("death_signal: KILL", "namespaces: [pid], hostname: inside"))) {
            project.file("script.sh", family()).run("up", "-d").ok();
            Eventually.until("all four are there", () -> sleepers().size() == 4);

            project.shell("kill -9 " + project.keeperPid()).ok();

            Eventually.until("nothing is left", () -> sleepers().isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theDeathOfTheGuardEndsIt(As as) {
        try (OstlerProject project = OstlerProject.create(as, yaml("restart: \"no\"", "namespaces: [pid]"))) {
            project.file("script.sh", family()).run("up", "-d").ok();
            Eventually.until("all four are there", () -> sleepers().size() == 4);
            long guard = parent(parent(project.pid("web")));
            assertThat(comm(guard)).isEqualTo("ostler-guard");

            project.shell("kill -9 " + guard).ok();

            Eventually.until("nothing is left", () -> sleepers().isEmpty());
            assertThat(Sandboxed.ended(project).get("state").asText()).isEqualTo("failed");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aPlanFileLeavesNothingEither(As as) {
        try (OstlerProject project = OstlerProject.create(as, yaml("restart: \"no\"", "namespaces: [pid]"))) {
            project.file("script.sh", family().replace("exec sleep " + sleep + "\n", "exit 9\n"));
            project.run("plan", "-f", "ostler.yaml", "-o", "app.plan", "web").ok();

            for (String role : List.of("exec", "init")) {
                assertThat(project.run(role, "app.plan").exitCode()).isEqualTo(9);
                assertThat(sleepers()).isEmpty();
            }
        }
    }

    private List<Long> sleepers() {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::parseLong)
                    .filter(pid -> OstlerProject.commandLine(pid).strip().equals("sleep " + sleep))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long zombies(long parent) throws IOException {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .map(path -> path.getFileName().toString())
                    .filter(name -> name.matches("\\d+"))
                    .map(Long::parseLong)
                    .filter(pid -> stat(pid).startsWith("Z " + parent + " "))
                    .count();
        }
    }

    private static long parent(long pid) {
        return Long.parseLong(stat(pid).split(" ")[1]);
    }

    /** {@code S PPID …}, empty when it is gone. */
    private static String stat(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.substring(stat.lastIndexOf(')') + 2);
        } catch (IOException ignored) { // gone
            return "";
        }
    }

    private static String comm(long pid) {
        try {
            return Files.readString(Path.of("/proc/" + pid + "/comm")).strip();
        } catch (IOException ignored) { // gone
            return "";
        }
    }
}

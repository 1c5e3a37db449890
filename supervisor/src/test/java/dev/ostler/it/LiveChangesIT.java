package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The configuration changes while services run: all of it or nothing, and what has not changed goes on. */
class LiveChangesIT {
    /** Its program works only beside one of the same version. */
    private static final String PAIR = """
            services:
              one:
                command: [sh, -c, 'echo $VERSION > one.version; exec sleep 1000']
                environment: { VERSION: "%1$s" }
                ready: { tcp: %3$s, timeout: 1s }
              two:
                command: [sh, -c, 'until [ "$(cat one.version)" = $VERSION ]; do [ $((i=i+1)) = 40 ] && exit 1; sleep 0.05; done; exec sleep 1000']
                environment: { VERSION: "%2$s" }
              other:
                command: [sleep, "1000"]
            """;

    private static String pair(String one, String two) {
        return PAIR.formatted(one, two, "1").replace("    ready: { tcp: 1, timeout: 1s }\n", "");
    }

    /** Nothing listens on port 1. */
    private static String pairThatIsNeverReady(String one, String two) {
        return PAIR.formatted(one, two, "1");
    }

    private static String environment(OstlerProject project, String service) {
        try {
            return Files.readString(Path.of("/proc/" + project.pid(service) + "/environ"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s18_whatChangesTogetherIsAppliedTogetherAndTheRestGoesOn(As as) {
        try (OstlerProject project = OstlerProject.create(as, pair("1", "1"))) {
            project.run("up", "-d").ok();
            long other = project.pid("other");

            project.file("ostler.yaml", pair("2", "2"));
            Result diff = project.run("diff").ok();
            Result apply = project.run("apply").ok();

            assertThat(diff.out()).isEqualTo("""
                    one: restart
                      environment.VERSION: "1" -> "2" at ostler.yaml:4:29
                    two: restart
                      environment.VERSION: "1" -> "2" at ostler.yaml:7:29
                    1 service stays as it is
                    """);
            assertThat(apply.out()).isEqualTo(diff.out());
            assertThat(apply.err()).isEmpty();
            assertThat(environment(project, "one")).contains("VERSION=2");
            assertThat(environment(project, "two")).contains("VERSION=2");
            assertThat(project.pid("other")).isEqualTo(other);
            assertThat(project.run("diff").ok().out()).isEqualTo("no changes\n");
        }
    }

    @Test
    void whatIsSaidOfAllServicesIsChangedWithoutAnotherRun() throws IOException {
        String yaml = "restart_budget: { count: %s, within: 1m }\n" + pair("1", "1");
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.formatted("5"))) {
            project.run("up", "-d").ok();
            long one = project.pid("one");

            project.file("ostler.yaml", yaml.formatted("6")).file("ostler.d/grace.yaml", "outer_grace: 20s\n");
            Result diff = project.run("diff").ok();
            JsonNode json = new ObjectMapper()
                    .readTree(project.run("diff", "--json").ok().out());

            assertThat(diff.out()).isEqualTo("""
                    for all services, without another run
                      restart_budget.count: "5" -> "6" at ostler.yaml:1:26
                      outer_grace: added "20s" at ostler.d/grace.yaml:1:14
                    3 services stay as they are
                    """);
            assertThat(json.at("/overall/1/key").asText()).isEqualTo("outer_grace");
            assertThat(json.at("/services/0/action").asText()).isEqualTo("stay");
            assertThat(project.run("apply").ok().out()).isEqualTo(diff.out());
            assertThat(project.run("diff").ok().out()).isEqualTo("no changes\n");
            assertThat(project.pid("one")).isEqualTo(one);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s18_whenSomethingDoesNotBecomeReadyAllIsRolledBack(As as) {
        try (OstlerProject project = OstlerProject.create(as, pair("1", "1"))) {
            project.run("up", "-d").ok();
            long other = project.pid("other");

            project.file(
                    "ostler.yaml",
                    pairThatIsNeverReady("2", "2")
                            .replace("  other:", "  new:\n    command: [sleep, \"1000\"]\n  other:"));
            Result apply = project.run("apply");

            assertThat(apply.exitCode()).isEqualTo(1);
            assertThat(apply.err())
                    .contains("cannot start \"one\": not ready within 1 s")
                    .endsWith("rolled back: the configuration is what it was before\n");
            assertThat(environment(project, "one")).contains("VERSION=1");
            assertThat(environment(project, "two")).contains("VERSION=1");
            assertThat(project.pid("other")).isEqualTo(other);
            assertThat(project.statuses()).hasSize(3);
            assertThat(project.run("restart", "two").ok().err()).isEmpty();
            assertThat(environment(project, "two")).contains("VERSION=1");
        }
    }

    /** What watches it is no business of the process. */
    @Test
    void anotherHealthProbeWatchesTheSameRun() {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    health: { file: %s, action: none, interval: 20ms, start_period: 0s, failures: 1 }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.formatted("alive"))) {
            project.file("alive", "").run("up", "-d").ok();
            awaitHealth(project, "healthy");
            long pid = project.pid("web");

            project.file("ostler.yaml", yaml.formatted("missing"));
            assertThat(project.run("apply").ok().out()).contains("web: ", "  health.file: ");
            awaitHealth(project, "unhealthy");
            project.file("ostler.yaml", yaml.formatted("[./look]").replace("file:", "exec:"))
                    .file("look", "#!/bin/sh\nexit 0\n");
            project.run("apply").ok();
            awaitHealth(project, "healthy");

            assertThat(project.pid("web")).isEqualTo(pid);
        }
    }

    /** Each version says at its end which one it is; the supervisor dies in the middle of the first end. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void s18_whatAChangeReplacesIsEndedByItsOwnCommands(As as) {
        String yaml = """
                services:
                  web:
                    command: [sleep, "100%1$s"]
                    environment: { VERSION: "%1$s" }
                    hooks:
                      pre_stop: [sh, -c, 'echo pre $$VERSION of %1$s >> said']
                      post_stop: [sh, -c, 'echo post $$VERSION of %1$s >> said']
                    stop:
                      - exec: [sh, -c, 'echo stop $$VERSION of %1$s >> said; until [ -e go ]; do sleep 0.05; done']
                      - kill: all
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml.formatted("1"))) {
            project.run("up", "-d").ok();

            project.file("ostler.yaml", yaml.formatted("2"));
            Process apply = project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            Eventually.until("it is being stopped", () -> project.text("said").contains("stop"));
            project.killSupervisor();
            project.file("go", "");
            Eventually.until("it is applied", () -> !apply.isAlive());

            assertThat(project.text("said"))
                    .startsWith("pre 1 of 1\nstop 1 of 1\n")
                    .contains("post 1 of 1\n")
                    .doesNotContain("2");
            project.run("stop", "web").ok();
            assertThat(project.text("said")).endsWith("pre 2 of 2\nstop 2 of 2\npost 2 of 2\n");
        }
    }

    private static void awaitHealth(OstlerProject project, String state) {
        Eventually.until(
                "web is " + state,
                () -> project.status("web").at("/health/state").asText().equals(state));
    }

    @Test
    void s18_mistakesAreAllReportedAndNothingChanges() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, pair("1", "1"))) {
            project.run("up", "-d").ok();
            List<Long> before = List.of(project.pid("one"), project.pid("two"), project.pid("other"));

            project.file("ostler.yaml", pair("2", "2") + "    comand: [true]\n    depends_on: [other]\n");
            Result apply = project.run("apply");
            Result diff = project.run("diff");

            assertThat(apply.exitCode()).isEqualTo(1);
            assertThat(apply.out()).isEmpty();
            assertThat(apply.err())
                    .contains("ostler.yaml:10:5 (services.other.comand): unknown key \"comand\"")
                    .contains("ostler.yaml:11:")
                    .endsWith("nothing was changed: the files have problems\n");
            assertThat(diff.exitCode()).isEqualTo(1);
            assertThat(diff.err()).contains("ostler.yaml:10:5").doesNotContain("nothing was changed");
            project.file("ostler.yaml", "services: [");
            assertThat(project.run("reload").err()).contains("ostler.yaml:1:").contains("not valid YAML");
            assertThat(List.of(project.pid("one"), project.pid("two"), project.pid("other")))
                    .isEqualTo(before);
        }
    }

    @Test
    void s19_aRemovedVariableIsGoneAndANewSecretIsNotShown() {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    env_file: web.env
                    environment: { MODE: test, OLD: here }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("web.env", "TOKEN=first-secret\nGONE=other-secret\n");
            project.run("up", "-d").ok();

            project.file("web.env", "TOKEN=second-secret\n");
            project.file("ostler.yaml", yaml.replace(", OLD: here", ""));
            Result diff = project.run("diff").ok();
            project.run("apply").ok();

            assertThat(diff.out()).isEqualTo("""
                    web: restart
                      environment.TOKEN: another value *** at web.env:1:1
                      environment.GONE: removed *** at web.env:2:1
                      environment.OLD: removed "here" at ostler.yaml:5:37
                    """);
            assertThat(environment(project, "web"))
                    .contains("TOKEN=second-secret")
                    .contains("MODE=test")
                    .doesNotContain("OLD=")
                    .doesNotContain("GONE=");
            project.run("restart", "web").ok();
            assertThat(environment(project, "web"))
                    .contains("TOKEN=second-secret")
                    .doesNotContain("GONE=");
            assertThat(project.supervisorSaid()).doesNotContain("-secret");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void servicesComeAndGo(As as) {
        String stays = "services:\n  stays:\n    command: [sleep, '1000']\n";
        String one = "  one:\n    command: [sh, -c, 'sleep 1001 & exec sleep 1000']\n    depends_on: [stays]\n";
        String two = "  two:\n    command: [sleep, '1000']\n    depends_on: [one]\n";
        try (OstlerProject project = OstlerProject.create(as, stays + one + two)) {
            project.run("up", "-d").ok();
            long stayed = project.pid("stays");
            long gone = project.pid("one");

            project.file("ostler.yaml", stays + two.replace("[one]", "[three]") + one.replace("one", "three"));
            Result apply = project.run("apply").ok();

            assertThat(apply.out())
                    .contains("three: start, it is new\n")
                    .contains("one: stop, it is no longer there\n")
                    .contains("two: reload, without another run\n  depends_on: \"[one]\" -> \"[three]\"");
            assertThat(project.statuses()).hasSize(3);
            assertThat(project.status("three").get("state").asText()).isEqualTo("ready");
            assertThat(project.pid("stays")).isEqualTo(stayed);
            assertThat(OstlerProject.isAlive(gone)).isFalse();
            assertThat(project.run("start", "one").err()).startsWith("unknown service \"one\"");

            project.file("ostler.yaml", stays + one);
            project.run("apply").ok();
            killSupervisor(project);
            assertThat(project.statuses()).hasSize(2);
            assertThat(project.status("one").get("state").asText()).isEqualTo("ready");
            assertThat(project.pid("stays")).isEqualTo(stayed);
        }
    }

    @Test
    void whatOnlyTheSupervisorKnowsTakesEffectWithoutAnotherRun() {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    restart: never
                  down:
                    command: [sleep, "1000"]
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            long pid = project.pid("web");
            project.run("stop", "down").ok();

            project.file("ostler.yaml", yaml.replace("never", "always").replace("1000", "1001"));
            project.file(
                    "ostler.yaml",
                    yaml.replace("never", "always")
                            .replace("down:\n    command: [sleep, \"1000\"]", "down:\n    command: [sleep, \"1001\"]"));
            Result apply = project.run("apply").ok();

            assertThat(apply.out())
                    .contains("web: reload, without another run\n  restart.policy: \"never\" -> \"always\"")
                    .contains("down: stay-down, for its next start\n  command: \"[sleep, 1000]\" -> \"[sleep, 1001]\"");
            assertThat(project.pid("web")).isEqualTo(pid);
            assertThat(project.status("down").get("state").asText()).isEqualTo("down");
            project.run("start", "down").ok();
            assertThat(OstlerProject.commandLine(project.pid("down"))).isEqualTo("sleep 1001 ");
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            project.awaitRun("web", 2);
        }
    }

    @Test
    void aSighupToTheKeeperAppliesOnceEvenWhenTheSupervisorDiesLater() throws Exception {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, pair("1", "1"))) {
            // a HUP that whoever started the tests ignores is none for the keeper either
            project.start(List.of("env", "--default-signal=HUP", project.binary(), "up"), List.of(), "up");
            project.awaitUp();
            project.await("two", "ready");

            project.file("ostler.yaml", pair("2", "2"));
            new ProcessBuilder("kill", "-HUP", Long.toString(project.keeperPid()))
                    .start()
                    .waitFor();
            project.awaitRun("two", 2);
            Eventually.until("it is over", () -> project.supervisorSaid().contains("event=change-over outcome=DONE"));

            project.file("ostler.yaml", pair("3", "3"));
            killSupervisor(project);
            project.run("restart", "one", "two").ok();
            assertThat(environment(project, "two")).contains("VERSION=2");
        }
    }

    /** Ignores TERM for as long as the file is not there, so that its stop takes as long as the test wants. */
    private static String slow(String version) {
        return """
                services:
                  slow:
                    command: [sh, -c, 'trap : TERM; until [ -e release-$VERSION ]; do sleep 0.05; done']
                    environment: { VERSION: "%s" }
                    stop_grace_period: 1m
                  other:
                    command: [sleep, "1000"]
                """.formatted(version);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void s27_aSupervisorThatIsKilledInTheMiddleOfAChangeGoesOnWithIt(boolean leaves) throws Exception {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, slow("1"))) {
            project.run("up", "-d").ok();
            long other = project.pid("other");
            long slow = project.pid("slow");

            String next = leaves ? slow("2").replace("  slow:", "  renamed:") : slow("2");
            project.file("ostler.yaml", next);
            Process apply = project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            project.await("slow", "stopping");
            project.file("ostler.yaml", "services: { wrong: {} }");
            killSupervisor(project);
            assertThat(OstlerProject.isAlive(slow)).isTrue();
            project.file("release-1", "");

            assertThat(apply.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(apply.exitValue()).as(project.text("apply.err")).isZero();
            String service = leaves ? "renamed" : "slow";
            Eventually.until(
                    "nothing is left of the old", () -> project.statuses().size() == 2);
            assertThat(environment(project, service)).contains("VERSION=2");
            assertThat(project.pid("other")).isEqualTo(other);
            assertThat(OstlerProject.isAlive(slow)).isFalse();
            project.file("release-2", ""); // lets it end
        }
    }

    @Test
    void s27_aSupervisorThatIsKilledOnTheWayBackGoesOnWithIt() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, pair("1", "1"))) {
            project.run("up", "-d").ok();
            long other = project.pid("other");

            project.file("ostler.yaml", pairThatIsNeverReady("2", "2"));
            project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            project.await("one", "started");
            killSupervisor(project);
            Eventually.until("it turns back", () -> project.supervisorSaid().contains("event=change-failed"));
            killSupervisor(project);

            Eventually.until("it is over", () -> project.supervisorSaid().contains("outcome=ROLLED_BACK"));
            project.await("one", "ready");
            project.await("two", "ready");
            assertThat(environment(project, "one")).contains("VERSION=1");
            assertThat(environment(project, "two")).contains("VERSION=1");
            assertThat(project.pid("other")).isEqualTo(other);
        }
    }

    @Test
    void s25_aTermDuringAChangeIsAnOrderlyStopAtOnce() throws Exception {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, slow("1"))) {
            Process up = project.up();
            project.awaitUp();
            project.await("slow", "ready");
            project.file("ostler.yaml", slow("2").replace("  slow:", "  renamed:"));
            Process apply = project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            project.await("slow", "stopping");

            up.destroy();

            assertThat(apply.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(apply.exitValue()).isEqualTo(1);
            assertThat(project.text("apply.err")).contains("not finished: the project is going down");
            project.file("release-1", "");
            assertThat(up.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(up.exitValue()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aFileThatIsBeingWrittenIsNeverHalfRead(As as) throws Exception {
        try (OstlerProject project = OstlerProject.create(as, pair("1", "1"))) {
            if (as == As.PLAIN_USER && As.isRoot()) {
                Files.setAttribute(project.directory().resolve("ostler.yaml"), "unix:uid", As.PLAIN_UID);
            }
            project.run("up", "-d").ok();
            project.file("second-half", pair("2", "2").substring(60));

            Process writer = project.startAs(
                    as,
                    List.of(
                            "sh",
                            "-c",
                            "exec 3> ostler.yaml; printf '%s' \"$1\" >&3; : > begun; until [ -e go ]; do sleep 0.02; done;"
                                    + " cat second-half >&3",
                            "sh",
                            pair("2", "2").substring(0, 60)),
                    "writer");
            Eventually.until(
                    "half of it is written",
                    () -> Files.exists(project.directory().resolve("begun")));
            Process apply = project.start(List.of(project.binary(), "apply"), List.of(), "apply");
            Eventually.until(
                    "the supervisor waits", () -> project.supervisorSaid().contains("configuration-being-written"));
            project.file("go", "");

            assertThat(writer.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(apply.waitFor(Eventually.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            assertThat(apply.exitValue()).as(project.text("apply.err")).isZero();
            assertThat(environment(project, "two")).contains("VERSION=2");
        }
    }

    @Test
    void statusTellsWhatHasChangedOnDisk() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, pair("1", "1"))) {
            project.run("up", "-d").ok();
            assertThat(project.run("status").ok().out()).doesNotContain("changed on disk");

            project.file("ostler.yaml", pair("2", "2"));
            awaitStatus(project, "changed on disk: ostler.yaml; see ostler diff\n");
            assertThat(project.run("status", "--json").ok().out())
                    .contains("\"configuration_changed\" : [ \"ostler.yaml\" ]");

            project.file("ostler.d/10.yaml", "services: { other: { nice: 1 } }");
            awaitStatus(project, "changed on disk: ostler.d/10.yaml, ostler.yaml; see");

            project.run("apply").ok();
            Eventually.until(
                    "nothing differs", () -> !project.run("status").ok().out().contains("changed on disk"));
            project.file("ostler.d/10.yaml", "services: { other: { nice: 2 } }");
            awaitStatus(project, "changed on disk: ostler.d/10.yaml; see");

            killSupervisor(project);
            awaitStatus(project, "changed on disk: ostler.d/10.yaml; see");
        }
    }

    private static void awaitStatus(OstlerProject project, String text) {
        Eventually.until(
                "status has: " + text, () -> project.run("status").ok().out().contains(text));
    }

    @Test
    void s19_aSecretOfAFileIsGivenToTheServiceAndShownNowhere() {
        String yaml = """
                services:
                  web:
                    command: [sleep, "1000"]
                    environment: { PASSWORD: { file: password } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("password", "first-secret\n").run("up", "-d").ok();
            assertThat(environment(project, "web")).contains("PASSWORD=first-secret\0");

            project.file("password", "second-secret\n");
            String shown = project.run("diff").ok().out()
                    + project.run("plan").ok().out()
                    + project.run("apply").ok().out()
                    + project.run("status", "--json").ok().out()
                    + project.run("audit", "web").out()
                    + project.logs();

            assertThat(shown).contains("environment.PASSWORD: another value *** at ostler.yaml:4:38");
            assertThat(shown).doesNotContain("-secret");
            assertThat(environment(project, "web")).contains("PASSWORD=second-secret\0");
        }
    }

    /** The process that was the supervisor is gone when this returns. */
    private static void killSupervisor(OstlerProject project) {
        long supervisor = Eventually.value("there is a supervisor", project::supervisorPid);
        ProcessHandle.of(supervisor).ifPresent(ProcessHandle::destroyForcibly);
        Eventually.until(
                "the old supervisor is gone",
                () -> !project.supervisorPid().filter(pid -> pid == supervisor).isPresent());
    }
}

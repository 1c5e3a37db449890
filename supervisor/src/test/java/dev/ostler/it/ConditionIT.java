package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What must hold when a service is started. */
class ConditionIT {
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatDoesNotHoldSkipsTheStartWithItsLine(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  web:
                    command: [sleep, "1000"]
                    conditions: { path_exists: data/go, path_absent: [run/off] }
                  user: { command: [sleep, "1000"], depends_on: [web] }
                  other: { command: [sleep, "1000"], depends_on: { web: { required: false } } }
                  modern: { command: [sleep, "1000"], conditions: { kernel: [seccomp] } }
                """)) {
            Result up = project.run("up", "-d");
            String skipped = "skipped: condition path_exists \"" + project.directory() + "/data/go\" does not hold at"
                    + " ostler.yaml:4:32 (services.web.conditions.path_exists)";
            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err()).contains("cannot start \"user\": dependency \"web\" was " + skipped);
            assertThat(project.status("web").get("state").asText()).isEqualTo("skipped");
            assertThat(project.run("why", "web").ok().out()).contains("web is skipped for ", "  because: " + skipped);
            assertThat(project.run("start", "web").ok().out()).isEqualTo("web: " + skipped + "\n");
            assertThat(project.status("other").get("state").asText()).isEqualTo("ready");
            assertThat(project.status("modern").get("state").asText()).isEqualTo("ready");

            project.file("data/go", "");
            project.run("start", "web").ok();
            project.await("user", "ready");

            project.file("run/off", "");
            assertThat(project.run("restart", "web").ok().out())
                    .contains("skipped: condition path_absent \"" + project.directory() + "/run/off\" does not hold at"
                            + " ostler.yaml:4:55 (services.web.conditions.path_absent[0])");
            project.await("user", "dependency-failed");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aLinkIsWaitedForAlsoByTheNextSupervisor(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  web: { command: [sleep, "1000"], conditions: { link_up: lo } }
                  far: { command: [sleep, "1000"], conditions: { link_up: br1 } }
                """)) {
            OwnNetwork network = OwnNetwork.of(project, as);
            network.up(as);
            String waiting = "waiting for link \"lo\" to be up at ostler.yaml:2:59 (services.web.conditions.link_up)";
            Eventually.until(
                    "it waits",
                    () -> project.status("web").get("reason").asText().startsWith(waiting + ", since 2"));
            assertThat(project.status("far").get("reason").asText())
                    .startsWith("waiting for link \"br1\" to be there and up at ostler.yaml:3:59");
            assertThat(project.run("why", "web").ok().out()).contains("web is waiting for ", "  because: " + waiting);
            Eventually.until("it is told", () -> project.text("up.err").contains("cannot start \"web\": " + waiting));
            Result start = project.run("start", "web");
            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err()).isEqualTo("cannot start \"web\": " + waiting + "\n");

            network.run(as, "./net up lo").ok();
            project.await("web", "ready");

            project.killSupervisor();
            project.awaitUp();
            assertThat(project.status("far").get("state").asText()).isEqualTo("waiting");
            network.run(as, "./net bridge br1 10.2.0.254").ok();
            project.await("far", "ready");
            assertThat(project.status("web").get("run").asInt()).isEqualTo(1);
        }
    }
}

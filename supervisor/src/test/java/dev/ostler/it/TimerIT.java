package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that are started by their time. */
class TimerIT {
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void itIsStartedAgainAndAgainAlsoByTheNextSupervisorAndNeverTwiceAtATime(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  job:
                    type: oneshot
                    command: [sh, -c, 'echo run >> runs; while [ -e hold ]; do sleep 0.05; done']
                    activation: { every: 300ms, first: 50ms }
                  later:
                    type: oneshot
                    groups: [jobs]
                    command: [touch, later]
                    activation: { every: 1h, jitter: 10m }
                """)) {
            project.run("up", "-d").ok();
            Eventually.until("it runs again and again", () -> runs(project) >= 3);

            project.killSupervisor();
            int before = runs(project);
            Eventually.until("the next supervisor goes on", () -> runs(project) >= before + 2);

            project.file("hold", "");
            Eventually.until(
                    "times are skipped",
                    () -> project.log("job").stream()
                            .anyMatch(line -> line.matches(".*was due at 2.*Z, skipped, as it is started")));
            int held = runs(project);
            project.killSupervisor();
            project.awaitUp();
            assertThat(runs(project)).isEqualTo(held);

            String next = project.status("later").get("next_run").asText();
            assertThat(Duration.between(Instant.now(), Instant.parse(next)))
                    .isBetween(Duration.ofMinutes(59), Duration.ofMinutes(70));
            assertThat(project.run("why", "later").ok().out())
                    .contains("later is down for ", "  because: waiting for its time\n", "  next run: in ");
            assertThat(project.run("status", "later").ok().out()).contains("waiting for its time; next run at 2");
            project.killSupervisor();
            project.awaitUp();
            assertThat(Duration.between(
                            Instant.parse(next),
                            Instant.parse(
                                    project.status("later").get("next_run").asText())))
                    .isBetween(Duration.ofMillis(-100), Duration.ofMillis(100));
            project.run("start").ok();
            project.run("restart", "@jobs").ok();
            assertThat(project.directory().resolve("later")).doesNotExist();
            project.run("start", "later").ok();
            assertThat(project.directory().resolve("later")).exists();
        }
    }

    private static int runs(OstlerProject project) {
        return (int) project.text("runs").lines().count();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatWasDueWhileTheProjectWasDownIsMadeUpForOnce(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  job:
                    type: oneshot
                    command: [sh, -c, 'echo run >> runs']
                    activation: { cron: "@yearly", time_zone: UTC, persistent: true }
                """)) {
            project.run("up", "-d").ok();
            int year = Instant.now().atZone(ZoneOffset.UTC).getYear();
            String next = (year + 1) + "-01-01T00:00:00Z";
            Eventually.until("it is planned", () -> project.status("job").has("next_run"));
            assertThat(project.status("job").get("next_run").asText()).isEqualTo(next);
            project.run("down").ok();
            assertThat(runs(project)).isZero();

            Result stamp = project.shell("for f in state/ostler/*/job.timer; do echo 2020-01-01T00:00:00Z > $f; done");
            stamp.ok();
            project.run("up", "-d").ok();
            Eventually.until("it is made up for", () -> runs(project) == 1);
            Eventually.until(
                    "it waits again",
                    () -> project.status("job").get("reason").asText().endsWith("; waiting for its time"));
            project.killSupervisor();
            project.awaitUp();
            assertThat(project.status("job").get("next_run").asText()).isEqualTo(next);
            project.run("down").ok();
            project.run("up", "-d").ok();
            Eventually.until("it is planned", () -> project.status("job").has("next_run"));
            assertThat(runs(project)).isEqualTo(1);
        }
    }
}

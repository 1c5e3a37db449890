package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Services that are started when something is at their path. */
class PathActivationIT {
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aFilledDirectoryIsWorkedOffWhoeverSupervises(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  spool:
                    type: oneshot
                    command: [sh, -c, 'for f in in/*; do cat $f >> out; rm $f; done']
                    activation: { directory_not_empty: in }
                """)) {
            project.run("up", "-d").ok();
            assertThat(project.status("spool").get("wanted").asText()).isEqualTo("up");
            assertThat(project.status("spool").get("reason").asText())
                    .isEqualTo("waiting for \"" + project.directory() + "/in\" not to be empty");

            project.shell("mkdir in tmp && echo one > tmp/a && mv tmp/a in").ok();
            Eventually.until(
                    "the first is worked off", () -> project.text("out").equals("one\n"));
            Eventually.until(
                    "it waits again",
                    () -> project.status("spool")
                            .get("reason")
                            .asText()
                            .endsWith("; waiting for \"" + project.directory() + "/in\" not to be empty"));

            project.killSupervisor();
            project.awaitUp();
            project.shell("echo two > tmp/a && mv tmp/a in").ok();
            Eventually.until(
                    "the second is worked off", () -> project.text("out").equals("one\ntwo\n"));
            assertThat(project.run("why", "spool").ok().out()).contains("spool is ");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aChangeThatNobodySawIsNotLost(As as) {
        try (OstlerProject project = OstlerProject.create(as, """
                services:
                  reader:
                    type: oneshot
                    command: [sh, -c, 'cat list >> read; while [ -e hold ]; do sleep 0.05; done']
                    activation: { path_changed: list }
                """)) {
            project.file("list", "1\n");
            project.run("up", "-d").ok();
            Eventually.until(
                    "it is told what it waits for",
                    () -> project.status("reader").get("reason").asText().endsWith("list\" to change"));

            project.file("hold", "");
            Eventually.until("it has read", () -> {
                if (project.text("read").isEmpty()) { // changes count from the first look on
                    project.shell("echo 2 > new && mv new list").ok();
                }
                return project.text("read").endsWith("2\n");
            });
            project.shell("echo 3 > new && mv new list").ok();
            project.killSupervisor();
            project.awaitUp();
            assertThat(project.text("read")).endsWith("2\n");

            project.shell("rm hold").ok();
            Eventually.until("it has read again", () -> project.text("read").endsWith("2\n3\n"));
            project.run("stop", "reader").ok();
            assertThat(project.status("reader").get("wanted").asText()).isEqualTo("down");
        }
    }
}

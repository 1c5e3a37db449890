package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Groups of services, and services that start only when they are named. */
class GroupIT {
    private static final String SHOP = """
            services:
              web: { command: [sleep, "1000"], groups: [front, all], depends_on: [db] }
              db: { command: [sleep, "1001"], groups: [back, all] }
              shell: { command: [sleep, "1002"], groups: [all], disabled: true }
            """;

    private static List<String> running(OstlerProject project) {
        return StreamSupport.stream(project.statuses().spliterator(), false)
                .filter(status -> status.get("state").asText().equals("ready"))
                .map(status -> status.get("name").asText())
                .toList();
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aGroupStandsForItsServicesInOrder(As as) {
        try (OstlerProject project = OstlerProject.create(as, SHOP)) {
            project.run("up", "-d").ok();
            assertThat(running(project)).containsExactly("web", "db");

            project.run("stop", "@all").ok();
            assertThat(running(project)).isEmpty();
            assertThat(project.supervisorSaid())
                    .containsSubsequence("service=web from=stopping to=down", "service=db from=ready to=stopping");

            project.run("start", "@front").ok();
            assertThat(running(project)).containsExactly("web", "db");
            project.run("restart", "@back").ok();
            project.awaitRun("db", 3);
            assertThat(project.status("web").get("run").asInt()).isEqualTo(2);
            assertThat(project.statuses("@back", "web")).hasSize(2);
            assertThat(project.run("stop", "@frnt"))
                    .isEqualTo(new Result(1, "", "unknown group \"frnt\", did you mean \"front\"?\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aDisabledServiceStartsByItsNameAloneAlsoAfterTheDeathOfTheSupervisor(As as) {
        try (OstlerProject project = OstlerProject.create(as, SHOP)) {
            project.run("up", "-d").ok();
            assertThat(project.status("shell").get("reason").asText()).isEqualTo("disabled");

            project.killSupervisor();
            project.run("start").ok();
            project.run("start", "@all").ok();
            project.run("restart").ok();
            assertThat(running(project)).containsExactly("web", "db");
            project.run("start", "shell").ok();
            project.killSupervisor();

            assertThat(running(project)).containsExactly("web", "db", "shell");
            project.run("stop").ok();
            assertThat(running(project)).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void instancesAreServicesAndTogetherAGroup(As as) {
        String yaml = """
                services:
                  worker:
                    scale: 2
                    command: [sh, -c, 'echo ${instance} > said-${instance}; exec sleep 1000']
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            assertThat(running(project)).containsExactly("worker@1", "worker@2");
            Eventually.until(
                    "both are what they are",
                    () -> project.text("said-1").equals("1\n")
                            && project.text("said-2").equals("2\n"));

            project.run("stop", "@worker").ok();
            project.run("start", "worker@2").ok();

            assertThat(running(project)).containsExactly("worker@2");
        }
    }
}

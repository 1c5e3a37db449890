package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing of the supervisor's or the caller's open files reaches a service, not even as a directory. */
class DescriptorFaultsIT {
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void c2_aServiceSeesThreeDescriptorsAndItsOwnDirectory(As as) {
        String yaml = """
                services:
                  look:
                    command: [sh, -c, 'for fd in /proc/$$$$/fd/*; do if [ -e $$fd ]; then echo "fd $$fd"; readlink $$fd; fi; done;
                      readlink /proc/$$$$/cwd']
                    restart: { policy: never }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            // A directory of the caller's, open and not close-on-exec.
            project.shell("exec 7</ 8</tmp; '" + project.binary() + "' up -d");
            project.await("look", "finished");

            List<String> lines = project.log("look").stream()
                    .filter(line -> line.startsWith("stdout"))
                    .map(line -> line.substring("stdout F:1 ".length()))
                    .toList();

            assertThat(lines).hasSize(7);
            assertThat(lines.get(0)).endsWith("/fd/0");
            assertThat(lines.get(1)).isEqualTo("/dev/null");
            assertThat(lines.get(2)).endsWith("/fd/1");
            assertThat(lines.get(3)).startsWith("pipe:");
            assertThat(lines.get(4)).endsWith("/fd/2");
            assertThat(lines.get(5)).startsWith("pipe:").isNotEqualTo(lines.get(3));
            assertThat(lines.get(6)).isEqualTo(project.directory().toString());
        }
    }

    @Test
    void c2_aWorkingDirectoryBehindADescriptorIsRefused() {
        String yaml = """
                services:
                  escape:
                    command: [pwd]
                    working_dir: /proc/self/fd/7
                    restart: { policy: never }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result up = project.shell("exec 7</; '" + project.binary() + "' up -d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err())
                    .contains("cannot start \"escape\": chdir \"/proc/self/fd/7\": ")
                    .contains("at ostler.yaml:4:18 (services.escape.working_dir)");
            assertThat(project.log("escape")).noneMatch(line -> line.startsWith("stdout"));
        }
    }

    @Test
    void c2_noDescriptorOfTheSupervisorLeadsOutEither() {
        String yaml = """
                services:
                  escape:
                    command: [sh, -c, 'for i in $(seq 0 400); do [ -d /proc/self/fd/$$i/ ] && echo "directory $$i"; done; echo looked']
                    restart: { policy: never }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");
            project.await("escape", "finished");

            assertThat(project.log("escape"))
                    .contains("stdout F:1 looked")
                    .noneMatch(line -> line.contains("directory"));
        }
    }
}

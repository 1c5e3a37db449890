package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P28: a program that takes all it can get takes nothing from the supervisor and from others. */
class LimitsFaultsIT {
    private static final int LIMIT = 60;

    /** A limit of processes counts those of the user; other tests do not matter in a user namespace, or by a user of one's own. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void p28_aForkBombEndsAtTheLimitOfItsUserAndTheKeeperGoesOn(As as) throws IOException {
        String user = as.hasRoot() ? "\n    user: \"54328:54328\"" : "";
        String yaml = """
                services:
                  bomb:
                    command: [/data/probe, forks=5000, files=100000, P28.]
                    working_dir: /
                    restart: "no"%s
                    ulimits: { nproc: %d, nofile: 500 }
                    sandbox:
                      root: empty
                      namespaces: [%s]
                      mounts: [ { bind: data, to: /data } ]
                  other:
                    command: [sleep, "1000"]
                """.formatted(user, LIMIT, as.hasRoot() ? "pid" : "user, pid");
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            Path data = Files.createDirectories(project.directory().resolve("data"));
            Files.copy(SandboxProbe.PROGRAM, data.resolve("probe"));
            data.resolve("probe").toFile().setExecutable(true, false);

            project.run("up", "-d").ok();
            long keeper = project.keeperPid();
            long other = project.pid("other");
            String answer = Eventually.value(
                    "the bomb has ended",
                    () -> project.log("bomb").stream()
                            .filter(line -> line.contains("P28.descriptors"))
                            .findFirst());

            assertThat(answer).endsWith("P28.descriptors EMFILE after 497");
            assertThat(project.log("bomb"))
                    .anySatisfy(line -> assertThat(line).containsPattern("P28.processes EAGAIN after [1-5]\\d$"));
            assertThat(Eventually.value(
                            "it is over",
                            () -> Optional.of(
                                            project.status("bomb").get("state").asText())
                                    .filter(state -> state.equals("finished"))))
                    .isNotEmpty();
            assertThat(project.keeperPid()).isEqualTo(keeper);
            assertThat(OstlerProject.isAlive(keeper)).isTrue();
            assertThat(project.pid("other")).isEqualTo(other);
            assertThat(OstlerProject.isAlive(other)).isTrue();
        }
    }
}

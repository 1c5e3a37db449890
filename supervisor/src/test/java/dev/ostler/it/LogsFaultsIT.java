package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a service prints is kept to the last byte, whatever way it ends. */
class LogsFaultsIT {
    private static final int RUNS = Boolean.getBoolean("ostler.long") ? 1000 : 50;
    private static final int LINES = 2000;

    @Test
    void s1_lastWordsOfEveryRunAreStoredInOrderBeforeItsExit() {
        String yaml = """
                services:
                  talker:
                    command: [sh, -c, 'seq -f "line %%g of many that are printed" %d; exit 3']
                    restart: { policy: always, backoff: { initial: 1ms, max: 1ms }, limit: { count: %d, within: 1h } }
                    logs: { rotate: { size: 1g, keep: 0 } }
                """.formatted(LINES, RUNS - 1);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            for (int cpu = 0; cpu < Runtime.getRuntime().availableProcessors(); cpu++) {
                project.start(List.of("sh", "-c", "while :; do :; done"), List.of(), "load");
            }
            project.up("-d");
            project.awaitUp();
            Eventually.until(
                    "the last run is over",
                    () -> project.status("talker").get("state").asText().equals("failed"));

            assertThat(project.status("talker").at("/last_exit/cause").asText()).isEqualTo("exit-code");
            assertThat(project.status("talker").at("/last_exit/code").asInt()).isEqualTo(3);
            List<String> lines = project.log("talker");
            for (int run = 1; run <= RUNS; run++) {
                assertThat(ofRun(lines, run)).as("run " + run).isEqualTo(expected(run));
            }
        }
    }

    private static List<String> ofRun(List<String> lines, int run) {
        return lines.stream()
                .filter(line -> line.contains("F:" + run + " "))
                .filter(line -> !line.contains(" ready: ")) // told only when it came to that before the end
                .filter(line -> !line.contains(" cleaning: ")) // told only when something was left for a moment
                .map(line -> line.replaceAll(" as process .*", ""))
                .map(line -> line.replaceAll("(backoff|failed): .*(exited 3) after .*", "$2"))
                .toList();
    }

    private static List<String> expected(int run) {
        Stream<String> lines = IntStream.rangeClosed(1, LINES)
                .mapToObj(i -> "stdout F:" + run + " line " + i + " of many that are printed");
        return Stream.of(Stream.of("ostler F:" + run + " started"), lines, Stream.of("ostler F:" + run + " exited 3"))
                .flatMap(part -> part)
                .toList();
    }

    @Test
    void s2_aLastLineWithoutNewlineIsKeptMarkedAndNeverGluedToTheNextRun() {
        String yaml = """
                services:
                  short:
                    command: [sh, -c, 'printf abc; printf xyz >&2; exit 1']
                    restart: { policy: always, backoff: { initial: 1ms, max: 1ms }, limit: { count: 2, within: 1h } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");
            project.await("short", "failed");

            List<String> lines = project.log("short");

            for (int run = 1; run <= 3; run++) {
                assertThat(lines).containsOnlyOnce("stdout P:" + run + " abc", "stderr P:" + run + " xyz");
            }
            assertThat(lines).noneMatch(line -> line.contains("abcabc") || line.contains("xyzxyz"));
        }
    }

    @Test
    void s12_aFirstRunThatEndsAtOnceIsAFailureWithItsLastWords() {
        String yaml = """
                services:
                  bad:
                    command: [sh, -c, 'echo the reason is this; exit 1']
                    restart: { backoff: { initial: 1m, max: 1m } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Result up = project.run("up", "-d");

            assertThat(up.exitCode()).isEqualTo(1);
            assertThat(up.err())
                    .containsPattern("cannot start \"bad\": exited 1 after \\d+ ms\n")
                    .contains("bad | the reason is this\n");
            assertThat(project.await("bad", "backoff").get("reason").asText())
                    .matches("exited 1 after \\d+ ms; restart in .*");

            Result start = project.run("start", "bad");

            assertThat(start.exitCode()).isEqualTo(1);
            assertThat(start.err())
                    .containsPattern("^cannot start \"bad\": exited 1 after \\d+ ms\nbad \\| the reason is this\n");
            assertThat(project.log("bad")).contains("stdout F:1 the reason is this", "stdout F:2 the reason is this");
        }
    }

    @Test
    void aServiceThatPrintsEmptyLinesWithoutEndDoesNotKillTheSupervisor() {
        String yaml = """
                services:
                  flood:
                    command: [sh, -c, 'yes "" | head -c 20000000; echo >&2 done; exec sleep 1000']
                    logs: { rotate: { size: 1m, keep: 1 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            long supervisor = project.supervisorPid().orElseThrow();

            Eventually.until("all of it is read", () -> project.log("flood").contains("stderr F:1 done"));

            assertThat(project.supervisorPid()).contains(supervisor);
        }
    }

    @Test
    void manyServicesThatWriteMuchAtOnceDoNotUseUpTheMemoryOfTheSupervisor() {
        int services = 50;
        StringBuilder yaml = new StringBuilder("services:\n");
        for (int i = 0; i < services; i++) {
            yaml.append("""
                      w%d:
                        command: [sh, -c, "yes 'a line among many others' | head -c 5000000; echo > done.%d; exec sleep 1000"]
                    """.formatted(i, i).indent(2));
        }
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml.toString())) {
            project.run("up", "-d").ok();
            long supervisor = project.supervisorPid().orElseThrow();

            Eventually.until(
                    "all have written all",
                    () -> IntStream.range(0, services)
                            .allMatch(i -> !project.text("done." + i).isEmpty()));

            assertThat(project.supervisorPid()).contains(supervisor);
        }
    }
}

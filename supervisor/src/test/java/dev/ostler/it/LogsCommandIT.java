package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code ostler logs}: how much, in which order, and for how long. */
class LogsCommandIT {
    private static final int MANY = 200_000;

    @Test
    void logsPrintsAllOfALogThatIsLargerThanTheHeapAllows() {
        String yaml = """
                services:
                  loud:
                    command: [sh, -c, 'seq -f "%%.0f and some more text that makes the line a little longer" %d; sleep 1000']
                    logs: { rotate: { size: 4m, keep: 20 } }
                """.formatted(MANY);
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until(
                    "all is logged",
                    () -> project.run("logs", "-n", "1", "loud").out().contains(" " + MANY + " and"));

            List<String> numbers = project.log("loud").stream()
                    .filter(line -> line.startsWith("stdout"))
                    .map(line -> line.split(" ")[2])
                    .toList();

            assertThat(numbers)
                    .isEqualTo(IntStream.rangeClosed(1, MANY)
                            .mapToObj(Integer::toString)
                            .toList());
            assertThat(project.supervisorSaid()).doesNotContain("OutOfMemory").doesNotContain("starting it again");
            assertThat(project.run("logs", "-n", "0", "loud").out()).isEmpty();
            assertThat(project.run("logs", "-n", "2", "loud").out().lines()).hasSize(2);
        }
    }

    @Test
    void rotationUnderLoadKeepsOrderAndLosesNothing() {
        String yaml = """
                services:
                  loud:
                    command: [sh, -c, 'i=0; while [ $$i -lt 20 ]; do seq -f "$$i.%05.0f" 5000; i=$$((i+1)); done; sleep 1000']
                    logs: { rotate: { size: 64k, keep: 200 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process follower = project.up("-d");
            project.awaitUp();
            Process following = project.start(List.of(project.binary(), "logs", "-f", "loud"), List.of(), "follow");

            Eventually.until(
                    "the follower has the last line",
                    () -> project.text("follow.out").contains(" 19.05000\n"));
            following.destroy();

            List<String> expected = IntStream.range(0, 20)
                    .boxed()
                    .flatMap(i -> IntStream.rangeClosed(1, 5000).mapToObj(j -> String.format("%d.%05d", i, j)))
                    .toList();
            assertThat(words(project.log("loud"))).isEqualTo(expected);
            assertThat(words(project.text("follow.out")
                            .lines()
                            .map(OstlerProject::withoutStamp)
                            .toList()))
                    .isEqualTo(expected);
            assertThat(follower.isAlive()).isFalse();
        }
    }

    private static List<String> words(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("stdout"))
                .map(line -> line.split(" ")[2])
                .toList();
    }

    @Test
    void aFollowerGetsTheLastLinesThenNewOnesOfAllServicesUntilItLeaves() throws Exception {
        String yaml = """
                services:
                  a:
                    command: [sh, -c, 'echo a1; echo a2; while [ ! -e go ]; do sleep 0.05; done; echo a3; sleep 1000']
                  long-name:
                    command: [sh, -c, 'echo b1; while [ ! -e go ]; do sleep 0.05; done; echo b2; sleep 1000']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Process follower = project.start(List.of(project.binary(), "logs", "-f"), List.of(), "follow");
            Eventually.until(
                    "the backlog is there",
                    () -> project.text("follow.out").contains(" a2\n")
                            && project.text("follow.out").contains(" b1\n"));
            assertThat(project.text("follow.out")).contains("a         | 2").contains("long-name | 2");

            project.file("go", "");
            Eventually.until(
                    "new lines come",
                    () -> project.text("follow.out").contains(" a3\n")
                            && project.text("follow.out").contains(" b2\n"));
            assertThat(follower.isAlive()).isTrue();

            follower.destroy();
            assertThat(follower.waitFor(5, TimeUnit.SECONDS)).isTrue();
            assertThat(project.run("status").exitCode()).isZero();
        }
    }

    @Test
    void aFollowerSeesTheEndOfTheProjectAndLeavesQuietly() throws Exception {
        String yaml = """
                services:
                  a:
                    command: [sh, -c, 'trap "echo last words; exit 0" TERM; while :; do sleep 0.05; done']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            Process follower = project.start(List.of(project.binary(), "logs", "-f"), List.of(), "follow");
            Eventually.until("it follows", () -> project.text("follow.out").contains("started as process"));

            project.run("down").ok();

            assertThat(follower.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(follower.exitValue()).isZero();
            assertThat(project.text("follow.out"))
                    .contains("last words\n")
                    .endsWith("as requested by shutdown (exited 0)\n");
            assertThat(project.text("follow.err")).isEmpty();
        }
    }

    @Test
    void aFollowerThatDoesNotReadHarmsNobody() {
        String yaml = """
                services:
                  loud:
                    command: [sh, -c, 'while :; do seq 1000; sleep 0.01; done']
                    logs: { rotate: { size: 1m, keep: 1 } }
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d").ok();
            List<Process> stuck = IntStream.range(0, 5)
                    .mapToObj(i -> project.start(
                            List.of("sh", "-c", "\"$0\" logs -f | sleep 1000", project.binary()), List.of(), "stuck"))
                    .toList();
            int before = project.status("loud").get("run").asInt();
            Eventually.until("the log was rotated", () -> project.hasLogFile("loud.log.1"));

            long start = System.nanoTime();
            assertThat(project.run("status").exitCode()).isZero();

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start)).isLessThan(1000);
            assertThat(project.status("loud").get("run").asInt()).isEqualTo(before);
            stuck.forEach(process -> {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            });
            assertThat(project.run("logs", "-n", "1", "loud").exitCode()).isZero();
            assertThat(project.supervisorSaid()).doesNotContain("OutOfMemory").doesNotContain("starting it again");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void whatWasLoggedCanBeReadWhenNothingRunsAnyMore(As as) {
        String yaml = """
                services:
                  loud:
                    command: [sh, -c, 'i=0; while [ $$i -lt 500 ]; do echo line $$((i+=1)); done; exec sleep 1000']
                    logs: { rotate: { size: 4k, keep: 500 } }
                  b:
                    command: [sh, -c, 'echo b1; exec sleep 1000']
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            Eventually.until(
                    "all is logged",
                    () -> project.log("loud").containsAll(List.of("stdout F:1 line 500", "ostler F:1 ready: running"))
                            && project.log("b").contains("stdout F:1 b1"));
            String loud = project.run("logs", "loud").ok().out();
            String all = project.run("logs").ok().out();
            project.run("down").ok();
            project.file("ostler.yaml", "no longer: [what it was"); // nor is it needed

            Result after = project.run("logs", "loud");

            assertThat(after.err()).isEmpty();
            assertThat(after.out()).startsWith(loud).endsWith("stopped as requested by shutdown (killed by SIGTERM)\n");
            assertThat(after.out()).contains(" line 1\n", " line 500\n");
            assertThat(project.hasLogFile("loud.log.2")).isTrue();
            String lastThree = after.out().replaceFirst("(?s).*\\n(?=([^\\n]*\\n){3}$)", "");
            assertThat(project.run("logs", "-n", "3", "loud").ok().out())
                    .isEqualTo(lastThree)
                    .hasLineCount(3);
            assertThat(project.run("logs").ok().out().lines())
                    .containsAll(all.lines().toList());
            assertThat(project.run("logs", "-n1", "b", "loud").ok().out())
                    .matches("b    \\| .* ostler F:1 down: .*\nloud \\| .* ostler F:1 down: .*\n");
            assertThat(project.run("logs", "-n", "0").ok().out()).isEmpty();
        }
    }

    @Test
    void withoutASupervisorThereIsNothingToFollowAndALogThatIsNotThereIsNamed() {
        String yaml = "services: { supervisor: { command: [sh, -c, 'echo mine; exec sleep 1000'] } }\n";
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            String none = "no supervisor is running for \"" + project.directory() + "\"";
            project.run("up", "-d").ok();
            Eventually.until("it has printed", () -> project.log("supervisor").contains("stdout F:1 mine"));
            project.run("down").ok();

            assertThat(project.run("logs", "-f")).isEqualTo(new Result(1, "", none + "\n"));
            assertThat(project.run("logs", "supervisr"))
                    .isEqualTo(new Result(1, "", "no logs of \"supervisr\", did you mean \"supervisor\"?\n"));
            assertThat(project.run("logs", "-n", "x"))
                    .isEqualTo(new Result(2, "", "not a number of lines: \"x\"\nsee ostler logs --help\n"));
            assertThat(project.run("logs").ok().out().lines().map(OstlerProject::withoutStamp))
                    .contains("stdout F:1 mine")
                    .allMatch(line -> line.startsWith("stdout F:1 ") || line.startsWith("ostler F:1 "));
            assertThat(project.shell(
                            "cd / && '" + project.binary() + "' logs --file '" + project.directory() + "/ostler.yaml'"))
                    .isEqualTo(project.run("logs"));
        }
    }
}

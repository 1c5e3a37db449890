package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the parent of processes owes them: reaping, clean signals, exact exit codes; S24 with the keeper as subreaper. */
class InitFaultsIT {
    private static final int ORPHANS = Boolean.getBoolean("ostler.long") ? 10_000 : 300;
    private static final int PART = 100;

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s24_orphansAreReapedAndTheOthersExitsAreNotConfused(As as) throws IOException {
        String yaml = """
                services:
                  parent:
                    command: [sh, -c, 'i=0; while [ $$i -lt %d ]; do ( ( : ) & ); i=$$((i+1)); [ $$((i %% %d)) -gt 0 ] || echo $$i; done; exec sleep 1000']
                  other:
                    command: [sh, -c, 'sleep 0.3; exit 7']
                    restart: { policy: never }
                """.formatted(ORPHANS, PART);
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.run("up", "-d").ok();
            for (int made = PART; made <= ORPHANS; made += PART) { // which takes a slow machine half a minute for all
                String line = "stdout F:1 " + made;
                Eventually.until(
                        "orphans were made: " + made,
                        () -> project.log("parent").contains(line));
            }
            long since = System.nanoTime();
            long keeper = project.keeperPid();

            Eventually.until("no zombie is left", () -> zombies(keeper) == 0);

            assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since)).isLessThan(1000);
            assertThat(project.await("other", "failed").at("/last_exit/code").asInt())
                    .isEqualTo(7);
            assertThat(project.status("parent").get("state").asText()).isEqualTo("ready");
        }
    }

    /** Zombies whose parent is the keeper or a child of its, a guard. */
    private static long zombies(long keeper) throws IOException {
        List<Long> parents = Stream.concat(
                        Stream.of(keeper),
                        ProcessHandle.of(keeper).orElseThrow().children().map(ProcessHandle::pid))
                .toList();
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> isZombieOf(parents, path))
                    .count();
        }
    }

    private static boolean isZombieOf(List<Long> parents, Path process) {
        try {
            String stat = Files.readString(process.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return fields[0].equals("Z") && parents.contains(Long.parseLong(fields[1]));
        } catch (IOException ignored) { // gone meanwhile
            return false;
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "USER_WITH_IDS")
    void s24_signalsOfTheServiceAreDefaultWhateverTheCallerBlockedOrIgnored(As as) {
        String yaml = """
                services:
                  look:
                    command: [cat, /proc/self/status]
                    restart: { policy: never }
                """;
        try (OstlerProject project = OstlerProject.create(as, yaml)) {
            project.shell("exec env --ignore-signal=INT,PIPE,HUP,QUIT --block-signal=TERM,USR1,CHLD,RTMIN '"
                    + project.binary() + "' up -d");
            project.await("look", "finished");

            String none = "\t0000000000000000";
            assertThat(project.log("look"))
                    .contains(
                            "stdout F:1 SigPnd:" + none,
                            "stdout F:1 SigBlk:" + none,
                            "stdout F:1 SigIgn:" + none,
                            "stdout F:1 SigCgt:" + none);
            project.run("down").ok();
        }
    }

    @Test
    void s24_everyExitCodeComesOutExactly() {
        String services = IntStream.range(0, 256)
                .mapToObj(code -> "  c" + code + ": { extends: once, command: [sh, -c, exit " + code + "] }\n")
                .collect(Collectors.joining());
        String yaml = "profiles:\n  once: { restart: { policy: never } }\nservices:\n" + services;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            for (JsonNode service : project.statuses()) {
                int code = Integer.parseInt(service.get("name").asText().substring(1));
                assertThat(service.at("/last_exit/code").asInt(-1)).isEqualTo(code);
                assertThat(service.get("state").asText()).isIn("finished", "failed");
            }
        }
    }

    @Test
    void s24_everySignalIsNamed() {
        List<Integer> deadly = IntStream.rangeClosed(1, 64)
                .filter(n -> n < 17 || n > 23 && n != 28)
                .boxed()
                .toList();
        String services = deadly.stream()
                .map(n -> "  s" + n + ": { extends: once, command: [sh, -c, 'ulimit -c 0; kill -" + n + " $$$$'] }\n")
                .collect(Collectors.joining());
        String yaml = "profiles:\n  once: { restart: { policy: never } }\nservices:\n" + services;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.run("up", "-d");

            for (JsonNode service : project.statuses()) {
                int number = Integer.parseInt(service.get("name").asText().substring(1));
                String signal = new dev.ostler.base.Signal(number).toString();
                assertThat(service.at("/last_exit/signal").asText()).isEqualTo(signal);
                assertThat(service.at("/last_exit/text").asText())
                        .containsPattern("killed by " + Pattern.quote(signal) + "( after|,|\\))");
            }
        }
    }

    @Test
    void s24_initMirrorsCodesAndSignals() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, "services: {}\n")) {
            Result codes = project.shell("for i in $(seq 0 255); do '" + project.binary()
                    + "' init -- sh -c \"exit $i\"; [ $? = $i ] || echo \"$i: $?\"; done; echo done");
            Result signals = project.shell(
                    "for i in 1 2 3 6 9 11 13 15 34 64; do '" + project.binary()
                            + "' init -- sh -c \"ulimit -c 0; kill -$i \\$\\$\"; [ $? = $((128+i)) ] || echo \"$i: $?\"; done; echo done");

            assertThat(codes.out()).isEqualTo("done\n");
            assertThat(signals.out()).isEqualTo("done\n");
        }
    }

    @Test
    void s24_aLostTerminalEndsAForegroundUpInOrder() throws Exception {
        String yaml = """
                services:
                  a:
                    command: [sh, -c, 'trap "echo told > told; exit 0" TERM; while :; do sleep 0.05; done']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            Process terminal = project.start(
                    List.of("script", "-qfc", "'" + project.binary() + "' up", "/dev/null"), List.of(), "terminal");
            project.awaitUp().await("a", "ready");
            long keeper = project.keeperPid();

            terminal.destroyForcibly();

            Eventually.until("the keeper has ended", () -> !OstlerProject.isAlive(keeper));
            assertThat(project.text("told")).isEqualTo("told\n");
        }
    }

    @Test
    void s24_aBackgroundJobOfATerminalIsNeverStopped() {
        String yaml = """
                services:
                  a:
                    command: [sh, -c, 'while :; do echo line; sleep 0.02; done']
                """;
        try (OstlerProject project = OstlerProject.create(As.CURRENT, yaml)) {
            project.file("job", "#!/bin/sh\nset -m\nstty tostop\n'" + project.binary() + "' up &\nwait\n");
            Process terminal = project.start(List.of("script", "-qfc", "./job", "/dev/null"), List.of(), "terminal");
            project.awaitUp().await("a", "ready");
            long keeper = project.keeperPid();
            project.shell("kill -TTOU " + keeper + "; kill -TTIN " + keeper + "; kill -TSTP " + keeper)
                    .ok();

            project.run("stop", "a").ok();
            project.run("start", "a").ok();

            assertThat(OstlerProject.isAlive(keeper)).isTrue();
            Eventually.until(
                    "lines reach the terminal",
                    () -> project.text("terminal.out").contains("a | \u001b[0mline"));
            project.run("down").ok();
            assertThat(terminal.toHandle().onExit()).succeedsWithin(10, TimeUnit.SECONDS);
        }
    }

    @Test
    void s24_initSurvivesALostTerminal() {
        try (OstlerProject project = OstlerProject.create(As.CURRENT, "services: {}\n")) {
            String child =
                    "trap \\\"\\\" HUP; echo $$ > child; while [ ! -e go ]; do sleep 0.05; done; echo over > over";
            Process terminal = project.start(
                    List.of(
                            "script",
                            "-qfc",
                            "'" + project.binary() + "' init -- sh -c \"" + child.replace("$$", "\\$\\$") + "\"",
                            "/dev/null"),
                    List.of(),
                    "terminal");
            Eventually.until("the child runs", () -> !project.text("child").isBlank());

            terminal.destroyForcibly();
            Eventually.until("the terminal is lost", () -> !terminal.isAlive());
            project.file("go", "");

            Eventually.until(
                    "the child has gone on to its end",
                    () -> project.text("over").equals("over\n"));
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code run -t} and {@code run -it}: the command has a terminal of its own, and the caller gets the old one back. */
class TerminalIT {
    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;
    private static final int SIGTSTP = 20;
    private static final int SIGTTIN = 21;

    private static final String PROFILES = """
            services: { unused: { command: ['true'] } }
            profiles:
              box:
                working_dir: /
                sandbox:
                  namespaces: [mount, pid, ipc, uts]
                  read_only: true
                  mounts: [ { proc: /proc }, { dev: /dev }, { tmpfs: /tmp } ]
            """;

    /** The options of a run, and where its terminal comes from. */
    private enum Kind {
        OF_THE_HOST(List.of()),
        OF_THE_SANDBOX(List.of("-p", "./ostler.yaml#box"));

        private final List<String> options;

        Kind(List<String> options) {
            this.options = options;
        }
    }

    private static OstlerProject project(As as) {
        return OstlerProject.create(as, PROFILES);
    }

    private static PlayedTerminal interactive(OstlerProject project, Kind kind, String name, String script) {
        return PlayedTerminal.open(project, name, command(project, kind, "-it", script));
    }

    private static String[] command(OstlerProject project, Kind kind, String options, String script) {
        List<String> command = new ArrayList<>(List.of(project.binary(), "run", options));
        command.addAll(kind.options);
        command.addAll(List.of("--", "sh", "-c", script));
        return command.toArray(new String[0]);
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theCommandHasATerminalOfItsOwnWithTheSizeOfTheCallers(As as) {
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                String script = "tty && stty size && test -t 0 -a -t 1 -a -t 2 && echo by name > $(tty)"
                        + " && echo to its tty > /dev/tty && ls /proc/self/fd | wc -l";

                PlayedTerminal terminal = interactive(project, kind, kind.name(), script);

                assertThat(terminal.exitCode()).as(terminal.toString()).isZero();
                assertThat(terminal.screen().lines()).hasSize(5).element(1).isEqualTo("24 80");
                assertThat(terminal.screen()).contains("by name\r\nto its tty\r\n4\r\n"); // 4: that of ls itself
                if (kind == Kind.OF_THE_SANDBOX) {
                    assertThat(terminal.screen()).startsWith("/dev/pts/0\r\n");
                }
            }
        }
    }

    /** As container engines have it, for programs that tell their troubles there. */
    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theConsoleOfASandboxIsItsTerminal(As as) {
        try (OstlerProject project = project(as)) {
            String script =
                    "test -c /dev/console && echo told > /dev/console && read line < /dev/console && echo got $line";

            PlayedTerminal terminal = interactive(project, Kind.OF_THE_SANDBOX, "console", script);
            terminal.type("typed\n");

            assertThat(terminal.exitCode()).as(terminal.toString()).isZero();
            assertThat(terminal.screen()).contains("told\r\n").contains("got typed\r\n");
            String none = "test ! -e /dev/console";
            project.shell(project.binary() + " run -p ./ostler.yaml#box -- sh -c '" + none + "'")
                    .ok();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aShellHasJobControl(As as) {
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                PlayedTerminal terminal = interactive(project, kind, kind.name(), "PS1='$ ' exec sh -i");
                terminal.await("$ ");

                // a shell waits for ever for a child that stops between its vfork and its execve
                terminal.type("sh -c 'echo runs$((40 + 1)); exec sleep 1000'\n");
                terminal.await("runs41");
                terminal.type("\u001a"); // ^Z
                terminal.await("Stopped");
                terminal.type("kill -9 %1; wait; echo still $((40 + 2)); exec sh -c 'exit 6'\n");

                assertThat(terminal.exitCode()).as(terminal.toString()).isEqualTo(6);
                assertThat(terminal.screen()).contains("still 42").doesNotContain("job control", "can't access");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void keysAreSignalsToTheCommandAloneAndOnlyOnce(As as) {
        try (OstlerProject project = project(as)) {
            PlayedTerminal terminal = interactive(
                    project,
                    Kind.OF_THE_HOST,
                    "keys",
                    "trap 'echo INT' INT; trap 'echo QUIT' QUIT; trap 'stty size' WINCH; trap 'echo TERM; exit 9' TERM;"
                            + " echo ready; while :; do sleep 0.05; done");
            terminal.await("ready");

            terminal.type("\u0003"); // ^C
            terminal.await("INT\r\n");
            terminal.type("\u001c"); // ^\
            terminal.await("QUIT\r\n");
            terminal.say("size 50 132");
            terminal.await("50 132\r\n");
            terminal.say("kill " + SIGTERM);

            assertThat(terminal.exitCode()).isEqualTo(9);
            assertThat(terminal.screen().replaceAll("\\^C|\\^\\\\|Quit\r\n", ""))
                    .isEqualTo("ready\r\nINT\r\nQUIT\r\n50 132\r\nTERM\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void anyByteGoesInAndOutAndTheEndOfInputIsAKey(As as) {
        byte[] all = new byte[256];
        IntStream.range(0, all.length).forEach(i -> all[i] = (byte) i);
        try (OstlerProject project = project(as)) {
            PlayedTerminal terminal = interactive(
                    project,
                    Kind.OF_THE_SANDBOX,
                    "bytes",
                    "stty raw -echo; printf ready; head -c 256; stty sane; cat > /dev/null; echo over");
            terminal.await("ready");

            terminal.type(all);
            terminal.await("ready" + new String(all, StandardCharsets.ISO_8859_1));
            Eventually.until("the end of input is seen", () -> {
                terminal.type("\u0004"); // ^D, which is a byte like others until stty has run
                return terminal.screen().contains("over\r\n");
            });

            assertThat(terminal.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void theCallersTerminalIsGivenBackOnEveryWayOut(As as) {
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                PlayedTerminal ends = interactive(project, kind, kind + "-ends", "stty raw -echo; read line; exit 3");
                String before = ends.modes();
                Eventually.until("raw mode", () -> !ends.modes().equals(before));
                ends.type("\n");
                assertThat(ends.exitCode()).isEqualTo(3);
                assertThat(ends.modes()).as("after its end").isEqualTo(before);

                PlayedTerminal killed = interactive(project, kind, kind + "-killed", "sleep 0.1; kill -9 $$");
                assertThat(killed.exitCode()).isEqualTo(128 + SIGKILL);
                assertThat(killed.modes()).as("after its death").isEqualTo(before);

                PlayedTerminal told = interactive(project, kind, kind + "-told", "echo ready; exec sleep 1000");
                told.await("ready");
                assertThat(told.modes()).isNotEqualTo(before);
                told.say("kill " + SIGTERM);
                assertThat(told.exitCode()).isEqualTo(128 + SIGTERM);
                assertThat(told.modes()).as("after SIGTERM to ostler").isEqualTo(before);
            }
            PlayedTerminal refused =
                    PlayedTerminal.open(project, "refused", project.binary(), "run", "-it", "--", "no-such-program");
            String before = refused.modes();
            assertThat(refused.exitCode()).isEqualTo(127);
            assertThat(refused.modes()).as("after a refusal").isEqualTo(before);
            assertThat(refused.screen())
                    .as("a message for a terminal that is not raw")
                    .isEqualTo("cannot start: execve \"no-such-program\": ENOENT (No such file or directory) at"
                            + " <command line>:3:14 (services.run.command)\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void exitCodesAreMirroredAndTheSecondTimeNoJavaIsStarted(As as) {
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                project.without("JAVA_HOME")
                        .env("JAVA_HOME", Jdk.current().home().toString());
                assertThat(interactive(project, kind, kind + "-first", "exit 0").exitCode())
                        .isZero();
                project.env("JAVA_HOME", "/nonexistent");

                String loop = IntStream.of(0, 1, 2, 125, 126, 127, 128, 254, 255)
                        .mapToObj(code -> one(project, kind, "exit " + code) + "; [ $? = " + code + " ] || echo not "
                                + code + ";")
                        .collect(Collectors.joining("\n"));
                String signals = IntStream.of(1, 2, 3, 6, 9, 13, 15, 34, 64)
                        .mapToObj(n -> one(project, kind, "ulimit -c 0; kill -" + n + " $$") + "; [ $? = " + (128 + n)
                                + " ] || echo not " + n + ";")
                        .collect(Collectors.joining("\n"));
                project.file(kind + "-all", "#!/bin/sh\n" + loop + "\n" + signals + "\necho all\n");
                PlayedTerminal all = PlayedTerminal.open(project, kind + "-codes", "./" + kind + "-all");

                assertThat(all.exitCode()).isZero();
                assertThat(all.screen()).isEqualTo("all\r\n");
            }
        }
    }

    private static String one(OstlerProject project, Kind kind, String script) {
        return List.of(command(project, kind, "-it", script)).stream()
                .map(word -> "'" + word + "'")
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void nothingOfTheOutputIsLostAtTheEnd(As as) {
        String mark = "1000." + ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE);
        String expected =
                IntStream.rangeClosed(1, 30_000).mapToObj(i -> i + "\r\n").collect(Collectors.joining());
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                PlayedTerminal plain = interactive(project, kind, kind + "-plain", "seq 30000");
                assertThat(plain.exitCode()).isZero();
                assertThat(plain.screen()).isEqualTo(expected);

                // who holds the terminal open keeps neither the output back nor the caller waiting
                PlayedTerminal held = interactive(project, kind, kind + "-held", "sleep " + mark + " & seq 30000");
                assertThat(held.exitCode()).isZero();
                assertThat(held.screen()).isEqualTo(expected);

                PlayedTerminal endless = interactive(project, kind, kind + "-endless", "yes " + mark + " & seq 3");
                assertThat(endless.exitCode()).isZero();
                assertThat(endless.screen()).contains("3\r\n");
            }
            Eventually.until(
                    "the terminal has taken its background jobs along",
                    () -> !project.shell("ps -eo args").out().contains(" " + mark + "\n"));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aStoppedCommandGivesTheCallerItsShellBack(As as) {
        try (OstlerProject project = project(as)) {
            for (Kind kind : Kind.values()) {
                PlayedTerminal terminal = interactive(
                        project,
                        kind,
                        kind.name(),
                        "echo ready; read line; echo got $line; trap 'echo on' CONT; exit 4");
                terminal.await("ready");
                String raw = terminal.modes();

                terminal.type("\u001a"); // ^Z
                assertThat(terminal.awaitStop(1)).isEqualTo(SIGTSTP);
                assertThat(terminal.modes()).as("the shell has its terminal").isNotEqualTo(raw);
                terminal.say("fg");
                Eventually.until("raw again", () -> terminal.modes().equals(raw));
                terminal.say("kill " + SIGTSTP);
                assertThat(terminal.awaitStop(2)).isEqualTo(SIGTSTP);
                terminal.say("fg");
                Eventually.until("raw again", () -> terminal.modes().equals(raw));
                terminal.type("a line\n");

                assertThat(terminal.exitCode()).as(terminal.toString()).isEqualTo(4);
                assertThat(terminal.screen()).contains("got a line\r\n");
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void inTheBackgroundItWaitsForTheForeground(As as) {
        try (OstlerProject project = project(as)) {
            PlayedTerminal terminal = PlayedTerminal.openBehind(
                    project,
                    "behind",
                    command(project, Kind.OF_THE_HOST, "-it", "echo ready; read line; echo got $line"));
            String before = terminal.modes();

            assertThat(terminal.awaitStop(1)).isEqualTo(SIGTTIN);
            assertThat(terminal.modes()).isEqualTo(before);
            assertThat(terminal.screen()).isEmpty();
            terminal.say("fg");
            terminal.await("ready");
            terminal.type("a line\n");

            assertThat(terminal.exitCode()).isZero();
            assertThat(terminal.screen()).contains("got a line\r\n");
            assertThat(terminal.modes()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void aLostTerminalIsLostForTheCommandToo(As as) {
        try (OstlerProject project = project(as)) {
            project.file("told", "");
            project.directory().resolve("told").toFile().setWritable(true, false);
            PlayedTerminal terminal = interactive(
                    project,
                    Kind.OF_THE_HOST,
                    "lost",
                    "trap 'echo HUP >> told' HUP; echo ready; while ! [ -s told ]; do sleep 0.05; done; sleep 0.2;"
                            + " (echo x) 2>/dev/null || echo no terminal >> told; exit 5");
            terminal.await("ready");

            terminal.say("hangup");

            assertThat(terminal.exitCode()).isEqualTo(5);
            assertThat(project.text("told")).isEqualTo("HUP\nno terminal\n");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CURRENT", "PLAIN_USER"})
    void withoutTheKeyboardAnyInputWillDo(As as) {
        try (OstlerProject project = project(as)) {
            Result interactive = project.run("run", "-it", "--", "true");
            assertThat(interactive.exitCode()).isEqualTo(2);
            assertThat(interactive.err())
                    .isEqualTo("cannot relay the terminal: standard input is not a terminal; -t alone needs none\n");

            Result shown = project.run("run", "-t", "--", "sh", "-c", "tty -s && echo a terminal; exit 8");
            assertThat(shown).isEqualTo(new Result(8, "a terminal\r\n", ""));

            Result piped = project.shell("echo from a pipe | '" + project.binary() + "' run -i -- cat");
            assertThat(piped).isEqualTo(new Result(0, "from a pipe\n", ""));

            Result closed = project.shell("'" + project.binary() + "' run -t -- yes | head -n 1; echo closed");
            assertThat(closed.out()).isEqualTo("y\r\nclosed\n");
        }
    }
}

package dev.ostler.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Command lines that are wrong: what is wrong is said, and nothing is done. Beside a project that runs. */
class CommandLineIT {
    private static final String DB_AND_WEB = """
            services:
              db: { command: [sleep, "1000"] }
              web: { command: [sleep, "1000"], depends_on: [db] }
            """;

    private static final String NO_FILE = "ENOENT (No such file or directory)";
    private static final String USAGE_EXEC = "usage: ostler exec PLAN [-- ARG...]";
    private static final String USAGE_INIT = "usage: ostler init [-g] [--] COMMAND [ARG...] | ostler init PLAN";

    /** More than a request to the supervisor may hold. */
    private static final String LONG_NAME = "x".repeat(70_000);

    private static OstlerProject project;

    @BeforeAll
    static void up() {
        project = OstlerProject.create(As.PLAIN_USER, DB_AND_WEB);
        project.run("up", "-d").ok();
    }

    @AfterAll
    static void down() {
        project.close();
    }

    /** What was wrong, the whole of standard error, and what the exit code must be. */
    record Wrong(List<String> args, int exitCode, String message) {
        @Override
        public String toString() {
            String line = String.join(" ", args);
            return line.substring(0, Math.min(60, line.length()));
        }
    }

    static Stream<Wrong> wrongCommandLines() {
        return Stream.of(
                        Stream.of(
                                unknown("stauts", "unknown command \"stauts\", did you mean \"status\"?"),
                                unknown("ups", "unknown command \"ups\", did you mean \"up\"?"),
                                unknown("frobnicate", "unknown command \"frobnicate\""),
                                unknown("-x", "unknown command \"-x\""),
                                unknown("--versoin", "unknown command \"--versoin\""),
                                unknown("help", "unknown command \"strat\", did you mean \"start\"?", "strat"),
                                unknown("", "unknown command \"\"")),
                        Stream.of("status", "start", "stop", "restart", "logs", "down", "audit", "check", "plan")
                                .flatMap(command -> Stream.of(
                                        usage("unknown option \"--frob\"", command, "--frob"),
                                        usage("a value is missing after \"--file\"", command, "--file"))),
                        Stream.of("status", "start", "stop", "restart", "logs", "audit")
                                .flatMap(command -> Stream.of(
                                        usage("\"a b\" is not a service name", command, "a b"),
                                        failed("unknown service \"wbe\", did you mean \"web\"?", command, "wbe"),
                                        failed("unknown service \"x-1\", there are: db, web", command, "x-1"))),
                        Stream.of("status", "start", "stop", "restart", "logs", "down", "audit", "up")
                                .map(command -> failed(
                                        "cannot open \"none/o.yaml\": " + NO_FILE, command, "--file", "none/o.yaml")),
                        Stream.of(
                                usage("unknown option \"--jsn\", did you mean \"--json\"?", "status", "--jsn"),
                                usage("unexpected \"db\"", "down", "db"),
                                usage("unexpected \"web\"", "audit", "db", "web"),
                                usage("SERVICE is missing", "audit"),
                                usage("not a number of lines: \"x\"", "logs", "-n", "x"),
                                usage("not a number of lines: \"-1\"", "logs", "-n", "-1"),
                                usage("not a number of lines: \"1.5\"", "logs", "--lines=1.5"),
                                usage("a value is missing after \"--lines\"", "logs", "-n"),
                                failed("unknown service \"wbe\", did you mean \"web\"?", "stop", "db", "wbe"),
                                failed("cannot run \"stop\": E2BIG (Argument list too long)", "stop", LONG_NAME)),
                        Stream.of(
                                upUsage("unknown option \"--detatch\"", "--detatch"),
                                upUsage("unknown option \"-n\"", "-n"),
                                upUsage("a value is missing after \"-f\"", "-f"),
                                upUsage("a value is missing after \"--max-children\"", "--max-children"),
                                upUsage("not a number of children: \"x\"", "--max-children", "x"),
                                upUsage("not a number of children: \"0\"", "--max-children", "0"),
                                upUsage("not a number of children: \"-1\"", "--max-children", "-1"),
                                upUsage("not a number of children: \"1048577\"", "--max-children", "1048577"),
                                upUsage("not one of keep, stop: \"kep\"", "--on-supervisor-loss", "kep"),
                                upUsage("up starts all services; unexpected \"db\"", "db"),
                                failed("cannot open \"none.yaml\": " + NO_FILE, "up", "-f", "none.yaml")),
                        Stream.of(
                                usage("unexpected \"b.yaml\"", "check", "a.yaml", "b.yaml"),
                                usage("one FILE and one SERVICE at most", "plan", "-f", "ostler.yaml", "db", "web"),
                                usage("-o takes one service, name one of: db, web", "plan", "-o", "x.plan"),
                                usage("a value is missing after \"--output\"", "plan", "-o"),
                                failed(
                                        "none.yaml:1:1: cannot read \"none.yaml\": open: " + NO_FILE,
                                        "check",
                                        "none.yaml"),
                                failed(
                                        "none.yaml:1:1: cannot read \"none.yaml\": open: " + NO_FILE,
                                        "plan",
                                        "none.yaml"),
                                failed("unknown service \"wbe\", did you mean \"web\"?", "plan", "ostler.yaml", "wbe"),
                                failed(
                                        "cannot write \"none/x.plan\": " + NO_FILE,
                                        "plan",
                                        "ostler.yaml",
                                        "web",
                                        "-o",
                                        "none/x.plan")),
                        Stream.of(
                                new Wrong(List.of("exec"), 2, USAGE_EXEC),
                                new Wrong(List.of("exec", "--frob"), 2, USAGE_EXEC),
                                new Wrong(List.of("exec", "a.plan", "argument"), 2, USAGE_EXEC),
                                new Wrong(List.of("init"), 2, USAGE_INIT),
                                new Wrong(List.of("init", "-g"), 2, USAGE_INIT),
                                new Wrong(List.of("init", "--"), 2, USAGE_INIT),
                                new Wrong(List.of("init", "--frob", "true"), 2, USAGE_INIT),
                                new Wrong(
                                        List.of("init", "no-such"),
                                        127,
                                        "cannot start: execve \"no-such\": " + NO_FILE),
                                new Wrong(
                                        List.of("exec", "no.plan"),
                                        125,
                                        "cannot read plan \"no.plan\": open: " + NO_FILE)))
                .flatMap(rows -> rows);
    }

    private static Wrong unknown(String command, String message, String... more) {
        List<String> args = Stream.concat(Stream.of(command), Stream.of(more)).toList();
        return new Wrong(args, 2, message + "\nsee ostler --help");
    }

    private static Wrong usage(String message, String... args) {
        return new Wrong(List.of(args), 2, message + "\nsee ostler " + args[0] + " --help");
    }

    private static Wrong failed(String message, String... args) {
        return new Wrong(List.of(args), 1, message);
    }

    private static Wrong upUsage(String message, String... args) {
        List<String> all = Stream.concat(Stream.of("up"), Stream.of(args)).toList();
        return new Wrong(
                all, 2, message + "\n" + project.run("up", "--help").out().stripTrailing());
    }

    @ParameterizedTest
    @MethodSource("wrongCommandLines")
    void saysWhatIsWrongAndChangesNothing(Wrong wrong) throws IOException {
        JsonNode services = project.statuses();
        Set<Path> files = files();

        Result result = project.run(wrong.args().toArray(String[]::new));

        assertThat(result).isEqualTo(new Result(wrong.exitCode(), "", wrong.message() + "\n"));
        assertThat(project.statuses()).isEqualTo(services);
        assertThat(files()).isEqualTo(files);
    }

    private static Set<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(project.directory())) {
            return files.collect(Collectors.toSet());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "up, -d --detach -f --file --max-children --on-supervisor-loss -h --help",
        "down, -f --file -h --help",
        "status, --json --self -f --file -h --help",
        "start, -f --file -h --help",
        "stop, -f --file -h --help",
        "restart, -f --file -h --help",
        "logs, -f --follow -n --lines --file -h --help",
        "audit, --json -f --file -h --help",
        "check, -h --help",
        "plan, -f --file -o --output --show-values -h --help",
        "exec, -h --help",
        "init, -g -h --help",
    })
    void everyCommandHasHelpThatNamesItsOptions(String command, String options) {
        Result help = project.run(command, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.err()).isEmpty();
        assertThat(help.out())
                .startsWithIgnoringCase("usage: ostler " + command)
                .endsWith("\n");
        assertThat(optionsIn(help.out())).isEqualTo(new TreeSet<>(List.of(options.split(" "))));
        assertThat(project.run(command, "-h")).isEqualTo(help);
        assertThat(project.run("help", command)).isEqualTo(help);
    }

    /** Those that have a line of their own. */
    private static Set<String> optionsIn(String help) {
        return help.lines()
                .map(String::strip)
                .filter(line -> line.startsWith("-"))
                .flatMap(line -> Pattern.compile("(?<=^|, )--?[a-z][a-z-]*")
                        .matcher(line)
                        .results())
                .map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void theOverviewNamesEveryCommand() {
        Result asked = project.run("--help");
        Result without = project.run();

        assertThat(asked.exitCode()).isZero();
        assertThat(asked.out())
                .contains(Stream.of(
                                "up", "down", "status", "start", "stop", "restart", "logs", "audit", "check", "plan",
                                "exec", "init", "help")
                        .map(command -> "\n  " + command + " ")
                        .toList());
        assertThat(asked.out()).contains("--version", "--help");
        assertThat(without).isEqualTo(new Result(2, "", asked.out()));
        assertThat(project.run("help")).isEqualTo(asked);
        assertThat(project.run("-h")).isEqualTo(asked);
    }

    @Test
    void theVersionIsThatOfTheBuild() throws IOException {
        Result version = project.run("--version").ok();

        assertThat(version.out()).matches("ostler \\d+\\.\\d+\\.\\d+\\n");
        String number = version.out().strip().substring("ostler ".length());
        assertThat(Files.readString(Path.of("pom.xml")))
                .containsPattern("<version>" + number + "(-SNAPSHOT)?</version>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "start", "stop", "restart", "audit", "logs", "down"})
    void withoutASupervisorACommandSaysSoAndLeavesNothing(String command) throws IOException {
        try (OstlerProject other = OstlerProject.create(As.PLAIN_USER, DB_AND_WEB)) {
            String text = "no supervisor is running for \"" + other.directory() + "\"";

            Result result = other.run(command);

            if (command.equals("down")) {
                assertThat(result).isEqualTo(new Result(0, text + "\n", ""));
            } else if (command.equals("logs")) {
                assertThat(result.err())
                        .startsWith(text + ", and no logs are in \"" + other.directory() + "/state/ostler/");
                assertThat(result.out()).isEmpty();
                assertThat(result.exitCode()).isEqualTo(1);
            } else {
                assertThat(result).isEqualTo(new Result(1, "", text + "\n"));
            }
            try (Stream<Path> files = Files.list(other.directory())) {
                assertThat(files.map(file -> file.getFileName().toString())).containsExactly("ostler.yaml");
            }
        }
    }
}

package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Selection;
import dev.ostler.spec.StopSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCommandsTest {
    private static final ServiceName DB = new ServiceName("db");
    private static final ServiceName WEB = new ServiceName("web");

    @Test
    void statusOfAllOrOfSomeAndAsJson() {
        assertThat(command("status")).isEqualTo(new RemoteCommand.Status(false, Selection.ALL));
        assertThat(command("status", "--json", "db", "web"))
                .isEqualTo(new RemoteCommand.Status(true, services(DB, WEB)));
    }

    @Test
    void startStopAndRestartTakeServices() {
        assertThat(command("start", "db")).isEqualTo(new RemoteCommand.Start(services(DB)));
        assertThat(command("stop")).isEqualTo(new RemoteCommand.Stop(Selection.ALL));
        assertThat(command("restart", "web", "db")).isEqualTo(new RemoteCommand.Restart(services(WEB, DB)));
    }

    @Test
    void startStopRestartAndStatusTakeGroups() {
        Selection selection = new Selection(List.of(DB), List.of(new GroupName("front")));

        assertThat(command("start", "@front", "db")).isEqualTo(new RemoteCommand.Start(selection));
        assertThat(command("stop", "@front", "db")).isEqualTo(new RemoteCommand.Stop(selection));
        assertThat(command("restart", "db", "@front")).isEqualTo(new RemoteCommand.Restart(selection));
        assertThat(command("status", "db", "@front")).isEqualTo(new RemoteCommand.Status(false, selection));
    }

    /** picocli would open it. */
    @Test
    void aGroupIsNotTheNameOfAFile(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "db");

        assertThat(usage("stop", "@" + file).text()).startsWith("\"@" + file + "\" is not @ and the name of a group\n");
    }

    private static Selection services(ServiceName... names) {
        return new Selection(List.of(names), List.of());
    }

    @Test
    void logsFollowAndCount() {
        assertThat(command("logs")).isEqualTo(new RemoteCommand.Logs(List.of(), false, OptionalInt.empty()));
        assertThat(command("logs", "-f", "-n", "20", "web"))
                .isEqualTo(new RemoteCommand.Logs(List.of(WEB), true, OptionalInt.of(20)));
    }

    @Test
    void changesOfTheConfiguration() {
        assertThat(command("diff")).isEqualTo(new RemoteCommand.Diff(false));
        assertThat(command("diff", "--json")).isEqualTo(new RemoteCommand.Diff(true));
        assertThat(command("apply")).isEqualTo(new RemoteCommand.Apply());
        assertThat(command("reload")).isEqualTo(new RemoteCommand.Apply());
    }

    @Test
    void reloadOfAServiceIsItsOwn() {
        assertThat(command("reload", "web", "db")).isEqualTo(new RemoteCommand.Reload(services(WEB, DB)));
        assertThat(command("reload", "@front"))
                .isEqualTo(new RemoteCommand.Reload(new Selection(List.of(), List.of(new GroupName("front")))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"USR1", "SIGUSR1", "usr1", "10"})
    void aSignalIsNamedAsKillDoes(String name) {
        assertThat(command("signal", name, "web"))
                .isEqualTo(new RemoteCommand.SendSignal(Signal.USR1, StopSpec.Scope.MAIN, services(WEB)));
    }

    @Test
    void aSignalGoesToWhomItIsFor() {
        assertThat(command("signal", "--to", "all", "HUP", "web"))
                .isEqualTo(new RemoteCommand.SendSignal(Signal.HUP, StopSpec.Scope.ALL, services(WEB)));
        assertThat(command("signal", "HUP", "web", "db", "--to=group"))
                .isEqualTo(new RemoteCommand.SendSignal(Signal.HUP, StopSpec.Scope.GROUP, services(WEB, DB)));
    }

    @Test
    void downAndAudit() {
        assertThat(command("down")).isEqualTo(new RemoteCommand.Down());
        assertThat(command("audit", "db")).isEqualTo(new RemoteCommand.Audit(DB, false));
        assertThat(command("audit", "--json", "db")).isEqualTo(new RemoteCommand.Audit(DB, true));
    }

    @Test
    void theFileIsForTheClientAlone() {
        assertThat(command("stop", "-f", "other/ostler.yaml", "db")).isEqualTo(new RemoteCommand.Stop(services(DB)));
        assertThat(command("logs", "--file=other/ostler.yaml"))
                .isEqualTo(new RemoteCommand.Logs(List.of(), false, OptionalInt.empty()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "status --jsn | unknown option \"--jsn\", did you mean \"--json\"?",
                "status -x | unknown option \"-x\"",
                "audit | SERVICE is missing",
                "audit --frob | unknown option \"--frob\"",
                "audit db web | unexpected \"web\"",
                "down db | unexpected \"db\"",
                "stop --file | a value is missing after \"--file\"",
                "start -f | a value is missing after \"--file\"",
                "logs -n | a value is missing after \"--lines\"",
                "logs -n ten | not a number of lines: \"ten\"",
                "logs -n -1 | not a number of lines: \"-1\"",
                "logs --lines= | not a number of lines: \"\"",
                "signal | SIGNAL is missing",
                "signal HUP | SERVICE is missing",
                "signal HUPP web | unknown signal \"HUPP\"; write HUP, SIGHUP, RTMIN+3 or 1",
                "signal HUP web --to any | nobody to signal: \"any\"; main, group or all",
                "stop @ | \"@\" is not @ and the name of a group",
                "restart ../web | \"../web\" is not a service name",
            })
    void mistakesAreUsageErrors(String commandLine, String message) {
        String[] argv = commandLine.split(" ");

        assertThat(usage(argv))
                .isEqualTo(new RemoteCommands.Usage(message + "\nsee ostler " + argv[0] + " --help\n", ExitCode.USAGE));
    }

    @Test
    void withoutACommandThereIsNothingToCarryOut() {
        assertThat(usage("frob").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(usage().exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void aNumberOfLinesMayBeLargerThanAnyLog() {
        assertThat(command("logs", "-n", "99999999999"))
                .isEqualTo(new RemoteCommand.Logs(List.of(), false, OptionalInt.of(Integer.MAX_VALUE)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "start", "stop", "restart", "logs", "down", "audit", "signal", "reload"})
    void everyCommandHasHelp(String name) {
        RemoteCommands.Usage usage = usage(name, "--help");

        assertThat(usage.exitCode()).isEqualTo(ExitCode.OK);
        assertThat(usage.text()).startsWith("Usage: ostler " + name);
    }

    private static RemoteCommand command(String... argv) {
        RemoteCommands.Parsing parsing = RemoteCommands.parse(List.of(argv));
        assertThat(parsing).isInstanceOf(RemoteCommands.Parsed.class);
        return ((RemoteCommands.Parsed) parsing).command();
    }

    private static RemoteCommands.Usage usage(String... argv) {
        RemoteCommands.Parsing parsing = RemoteCommands.parse(List.of(argv));
        assertThat(parsing).isInstanceOf(RemoteCommands.Usage.class);
        return (RemoteCommands.Usage) parsing;
    }
}

package dev.ostler.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RemoteCommandsTest {
    private static final ServiceName DB = new ServiceName("db");
    private static final ServiceName WEB = new ServiceName("web");

    @Test
    void statusOfAllOrOfSomeAndAsJson() {
        assertThat(command("status")).isEqualTo(new RemoteCommand.Status(false, List.of()));
        assertThat(command("status", "--json", "db", "web"))
                .isEqualTo(new RemoteCommand.Status(true, List.of(DB, WEB)));
    }

    @Test
    void startStopAndRestartTakeServices() {
        assertThat(command("start", "db")).isEqualTo(new RemoteCommand.Start(List.of(DB)));
        assertThat(command("stop")).isEqualTo(new RemoteCommand.Stop(List.of()));
        assertThat(command("restart", "web", "db")).isEqualTo(new RemoteCommand.Restart(List.of(WEB, DB)));
    }

    @Test
    void logsFollowAndCount() {
        assertThat(command("logs")).isEqualTo(new RemoteCommand.Logs(List.of(), false, OptionalInt.empty()));
        assertThat(command("logs", "-f", "-n", "20", "web"))
                .isEqualTo(new RemoteCommand.Logs(List.of(WEB), true, OptionalInt.of(20)));
    }

    @Test
    void downAndAudit() {
        assertThat(command("down")).isEqualTo(new RemoteCommand.Down());
        assertThat(command("audit", "db")).isEqualTo(new RemoteCommand.Audit(DB));
    }

    @Test
    void theFileIsForTheClientAlone() {
        assertThat(command("stop", "-f", "other/ostler.yaml", "db")).isEqualTo(new RemoteCommand.Stop(List.of(DB)));
        assertThat(command("logs", "--file=other/ostler.yaml"))
                .isEqualTo(new RemoteCommand.Logs(List.of(), false, OptionalInt.empty()));
    }

    @Test
    void mistakesAreUsageErrors() {
        assertThat(usage("status", "--jsn"))
                .isEqualTo(new RemoteCommands.Usage(
                        "unknown option: '--jsn'\nsee ostler status --help\n", ExitCode.USAGE));
        assertThat(usage("audit").text()).contains("SERVICE").contains("see ostler audit --help");
        assertThat(usage("stop", "a b").text()).contains("\"a b\" is not a service name");
        assertThat(usage("frob").exitCode()).isEqualTo(ExitCode.USAGE);
        assertThat(usage().exitCode()).isEqualTo(ExitCode.USAGE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"status", "start", "stop", "restart", "logs", "down", "audit"})
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

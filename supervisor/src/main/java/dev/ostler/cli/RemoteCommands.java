package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import java.util.List;
import java.util.OptionalInt;

final class RemoteCommands {
    sealed interface Parsed {}

    record Run(RemoteCommand command) implements Parsed {}

    record Usage(String text, int exitCode) implements Parsed {}

    static Parsed parse(List<String> argv) {
        List<ServiceName> names = argv.stream()
                .skip(1)
                .filter(a -> !a.startsWith("-"))
                .map(ServiceName::new)
                .toList();
        return switch (argv.get(0)) {
            case "status" -> new Run(new RemoteCommand.Status(argv.contains("--json"), names));
            case "start" -> new Run(new RemoteCommand.Start(names));
            case "stop" -> new Run(new RemoteCommand.Stop(names));
            case "restart" -> new Run(new RemoteCommand.Restart(names));
            case "logs" -> new Run(new RemoteCommand.Logs(names, argv.contains("-f"), OptionalInt.empty()));
            case "down" -> new Run(new RemoteCommand.Down());
            default -> new Usage("usage\n", 2);
        };
    }
}

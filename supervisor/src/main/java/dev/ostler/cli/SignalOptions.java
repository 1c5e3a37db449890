package dev.ostler.cli;

import dev.ostler.base.Signal;
import dev.ostler.control.RemoteCommand;
import dev.ostler.spec.StopSpec;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command line of {@code signal}. */
@Command(
        name = "signal",
        description = {
            "Send a signal to services that run.",
            "One that ends by it has ended by itself: its restart policy says what comes then. See \"stop\", \"restart\"."
        })
final class SignalOptions extends RemoteOptions {
    @Mixin
    private ProjectOption project;

    @Option(names = "--to", paramLabel = "WHOM", description = "main process, its group, or all (default: main).")
    private String to = "main";

    @Parameters(index = "0", arity = "1", paramLabel = "SIGNAL", description = "HUP, SIGHUP, RTMIN+3 or 1.")
    private String signal;

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "SERVICE", description = "These services and @groups.")
    private List<String> services = new ArrayList<>();

    @Override
    RemoteCommand command() {
        Signal parsed = Signal.parse(signal)
                .orElseThrow(() -> wrong("unknown signal \"" + signal + "\"; write HUP, SIGHUP, RTMIN+3 or 1"));
        return new RemoteCommand.SendSignal(parsed, scope(), selection(services));
    }

    private StopSpec.Scope scope() {
        return switch (to) {
            case "main" -> StopSpec.Scope.MAIN;
            case "group" -> StopSpec.Scope.GROUP;
            case "all" -> StopSpec.Scope.ALL;
            default -> throw wrong("nobody to signal: \"" + to + "\"; main, group or all");
        };
    }
}

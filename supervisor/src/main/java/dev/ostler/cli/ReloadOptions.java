package dev.ostler.cli;

import dev.ostler.control.RemoteCommand;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The command line of {@code reload}. */
@Command(
        name = "reload",
        description = {
            "Tell services to read their own configuration again, as \"reload\" of each says.",
            "Returns when they have done so, as far as they tell.",
            "Without a service: the same as \"apply\"."
        })
final class ReloadOptions extends RemoteOptions {
    @Mixin
    private ProjectOption project;

    @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "These services and @groups.")
    private List<String> services = new ArrayList<>();

    @Override
    RemoteCommand command() {
        return services.isEmpty() ? new RemoteCommand.Apply() : new RemoteCommand.Reload(selection(services));
    }
}

package dev.ostler.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The root of the command tree; does nothing by itself. */
@Command(
        name = "ostler",
        synopsisSubcommandLabel = "COMMAND",
        description = "Supervises the services of a project: the folder of an ostler.yaml.",
        footer = {"", "Exit codes: 0 ok, 1 failed, 2 usage."})
final class OstlerCommand {
    @Mixin
    private HelpOption help;
}

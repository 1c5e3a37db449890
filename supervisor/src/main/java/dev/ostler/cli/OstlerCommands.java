package dev.ostler.cli;

import java.util.Optional;
import picocli.CommandLine;

/** Builds the command tree. A tree holds the values of one parse: make a new one for each. */
final class OstlerCommands {
    private OstlerCommands() {}

    /** The commands that the running supervisor answers. */
    static CommandLine remote() {
        CommandLine tree = new CommandLine(new OstlerCommand())
                .addSubcommand(new RemoteOptions.Status())
                .addSubcommand(new RemoteOptions.Start())
                .addSubcommand(new RemoteOptions.Stop())
                .addSubcommand(new RemoteOptions.Restart())
                .addSubcommand(new RemoteOptions.Logs())
                .addSubcommand(new RemoteOptions.Down())
                .addSubcommand(new RemoteOptions.Audit());
        return configured(tree);
    }

    /** All commands that Java has a part in. */
    static CommandLine all(LocalContext context) {
        CommandLine tree = remote().addSubcommand(new CheckCommand(context)).addSubcommand(new PlanCommand(context));
        return configured(tree);
    }

    private static CommandLine configured(CommandLine tree) {
        return tree.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
                .setUsageHelpAutoWidth(false);
    }

    /** The deepest command that was named. */
    static CommandLine.ParseResult last(CommandLine.ParseResult result) {
        return result.hasSubcommand() ? last(result.subcommand()) : result;
    }

    /** Help text when it was asked for, or when no command was named. */
    static Optional<String> help(CommandLine.ParseResult result) {
        CommandLine.ParseResult last = last(result);
        return last.isUsageHelpRequested()
                ? Optional.of(last.commandSpec().commandLine().getUsageMessage())
                : Optional.empty();
    }
}

package dev.ostler.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;

/** Builds the command tree. A tree holds the values of one parse: make a new one for each. */
final class OstlerCommands {
    private OstlerCommands() {}

    /** The commands that the running supervisor answers, in the order of the help. */
    private static final Map<String, Supplier<RemoteOptions>> REMOTE = remoteCommands();

    private static Map<String, Supplier<RemoteOptions>> remoteCommands() {
        Map<String, Supplier<RemoteOptions>> commands = new LinkedHashMap<>();
        commands.put("status", RemoteOptions.Status::new);
        commands.put("start", RemoteOptions.Start::new);
        commands.put("stop", RemoteOptions.Stop::new);
        commands.put("restart", RemoteOptions.Restart::new);
        commands.put("logs", RemoteOptions.Logs::new);
        commands.put("down", RemoteOptions.Down::new);
        commands.put("diff", RemoteOptions.Diff::new);
        commands.put("apply", RemoteOptions.Apply::new);
        commands.put("reload", ReloadOptions::new);
        commands.put("signal", SignalOptions::new);
        commands.put("why", RemoteOptions.Why::new);
        commands.put("wait", RemoteOptions.Wait::new);
        commands.put("events", RemoteOptions.Events::new);
        commands.put("tree", RemoteOptions.Tree::new);
        commands.put("top", RemoteOptions.Top::new);
        commands.put("audit", RemoteOptions.Audit::new);
        return commands;
    }

    /** All of them. */
    static CommandLine remote() {
        CommandLine tree = new CommandLine(new OstlerCommand());
        REMOTE.values().forEach(command -> tree.addSubcommand(command.get()));
        return configured(tree);
    }

    /** The one that is named alone, as picocli takes its time for each; all when none of them is named. */
    static CommandLine remote(String name) {
        return REMOTE.containsKey(name)
                ? configured(new CommandLine(new OstlerCommand())
                        .addSubcommand(REMOTE.get(name).get()))
                : remote();
    }

    /** All commands that Java has a part in. */
    static CommandLine all(LocalContext context) {
        CommandLine tree = remote().addSubcommand(new CheckCommand(context))
                .addSubcommand(new PlanCommand(context))
                .addSubcommand(new RunCommand(context))
                .addSubcommand(new ProfilesCommand(context))
                .addSubcommand(new DoctorCommand(context));
        return configured(tree);
    }

    private static CommandLine configured(CommandLine tree) {
        return tree.setExpandAtFiles(false) // @web is a group
                .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
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

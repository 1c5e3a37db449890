package dev.ostler.cli;

import dev.ostler.control.RemoteCommand;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Reads a client's command line inside the supervisor. Stateless, any thread; the first call loads picocli. */
public final class RemoteCommands {
    private RemoteCommands() {}

    /** What became of a command line. */
    public sealed interface Parsing {}

    /** A command to carry out. */
    public record Parsed(RemoteCommand command) implements Parsing {}

    /**
     * Nothing to carry out.
     *
     * @param text help for stdout when the exit code is 0, else what is wrong, for stderr; ends with a line feed
     */
    public record Usage(String text, int exitCode) implements Parsing {}

    /**
     * Parses.
     *
     * @param argv the command and its arguments, without the program
     */
    public static Parsing parse(List<String> argv) {
        CommandLine tree = OstlerCommands.remote(argv.isEmpty() ? "" : argv.get(0));
        try {
            CommandLine.ParseResult result = tree.parseArgs(argv.toArray(String[]::new));
            Optional<String> help = OstlerCommands.help(result);
            if (help.isPresent()) {
                return new Usage(help.get(), ExitCode.OK);
            }
            Object named = OstlerCommands.last(result).commandSpec().userObject();
            return named instanceof RemoteOptions remote
                    ? new Parsed(remote.command())
                    : new Usage(tree.getUsageMessage(), ExitCode.USAGE);
        } catch (ParameterException e) {
            return new Usage(UsageMessage.of(e), ExitCode.USAGE);
        }
    }
}

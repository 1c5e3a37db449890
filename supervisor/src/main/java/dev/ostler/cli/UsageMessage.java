package dev.ostler.cli;

import dev.ostler.base.NearestWord;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** What is wrong with a command line, in the words that the native part has for it too. Pure. */
final class UsageMessage {
    private UsageMessage() {}

    /** Two lines: what is wrong, and where to read on. */
    static String of(ParameterException problem) {
        return sentence(problem) + "\nsee "
                + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help\n";
    }

    private static String sentence(ParameterException problem) {
        // What is too much first: the parser looks for what is missing before it, and means the same word.
        List<String> tooMuch = problem.getCommandLine().getUnmatchedArguments();
        if (!tooMuch.isEmpty()) {
            return unmatched(tooMuch.get(0), problem.getCommandLine());
        }
        if (problem instanceof MissingParameterException missing
                && !missing.getMissing().isEmpty()) {
            return missing(missing.getMissing().get(0));
        }
        String message = problem.getMessage();
        return message.substring(0, 1).toLowerCase(Locale.ROOT) + message.substring(1);
    }

    private static String unmatched(String word, CommandLine command) {
        if (!word.startsWith("-")) {
            return "unexpected \"" + word + "\"";
        }
        List<String> options = command.getCommandSpec().optionsMap().keySet().stream()
                .filter(option -> option.startsWith("--"))
                .toList();
        return "unknown option \"" + word + "\"" + NearestWord.hint(word, options);
    }

    private static String missing(ArgSpec missing) {
        return missing instanceof OptionSpec option
                ? "a value is missing after \"" + option.longestName() + "\""
                : missing.paramLabel() + " is missing";
    }
}

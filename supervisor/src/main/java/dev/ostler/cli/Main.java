package dev.ostler.cli;

import dev.ostler.linux.Accounts;
import dev.ostler.linux.KernelException;
import dev.ostler.supervise.SystemHostFacts;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * Commands that work in the caller's own process. Started by the native program with the properties {@code ostler.home}
 * (the installation) and {@code ostler.cwd} (the caller's working directory), as its own one is {@code lib/}.
 */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        LocalContext context = new LocalContext(
                path("ostler.cwd"),
                path("ostler.home"),
                System.getenv(),
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                () -> SystemHostFacts.capture(new Accounts()));
        System.exit(run(context, arguments));
    }

    static int run(LocalContext context, String... arguments) {
        int code = execute(context, arguments);
        context.out().flush();
        context.err().flush();
        return code;
    }

    private static int execute(LocalContext context, String... arguments) {
        CommandLine tree = OstlerCommands.all(context);
        try {
            CommandLine.ParseResult result = tree.parseArgs(arguments);
            Optional<String> help = OstlerCommands.help(result);
            if (help.isPresent()) {
                context.out().print(help.get());
                return ExitCode.OK;
            }
            Object named = OstlerCommands.last(result).commandSpec().userObject();
            if (named instanceof CheckCommand check) {
                return check.call();
            }
            if (named instanceof PlanCommand plan) {
                return plan.call();
            }
            if (named instanceof RemoteOptions.Logs logs) { // the native program has found no supervisor
                return new StoredLogsCommand(context).run(logs.command(), logs.file());
            }
            if (named instanceof DoctorCommand doctor) {
                return doctor.call();
            }
            if (named instanceof ProfilesCommand profiles) {
                return profiles.call();
            }
            if (named instanceof RunCommand run) {
                return run.call();
            }
            context.err()
                    .print(
                            named instanceof RemoteOptions
                                    ? "\"" + arguments[0] + "\" is answered by the running supervisor\n"
                                    : tree.getUsageMessage());
            return ExitCode.USAGE;
        } catch (KernelException e) {
            context.err().println(e.getMessage());
            return ExitCode.FAILED;
        } catch (ParameterException e) {
            context.err().print(UsageMessage.of(e));
            return ExitCode.USAGE;
        }
    }

    private static Path path(String property) {
        return Path.of(System.getProperty(property, "")).toAbsolutePath();
    }

    /** UTF-8 whatever the locale says: file names and messages are passed through as they are. */
    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), false, StandardCharsets.UTF_8);
    }
}

package dev.ostler.cli;

import dev.ostler.base.ErrnoText;
import dev.ostler.base.ProjectHash;
import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.linux.Ids;
import dev.ostler.output.LogDirectory;
import dev.ostler.output.StoredLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The {@code logs} command where no supervisor runs that could answer it: prints what the log files hold. */
final class StoredLogsCommand {
    private final LocalContext context;

    StoredLogsCommand(LocalContext context) {
        this.context = context;
    }

    int run(RemoteCommand.Logs command, String file) {
        try {
            return run(command, context.directory().resolve(file).getParent().toRealPath());
        } catch (IOException e) {
            return fail("cannot read the logs of \"" + file + "\": " + ErrnoText.of(e));
        }
    }

    private int run(RemoteCommand.Logs command, Path project) throws IOException {
        String none = "no supervisor is running for \"" + project + "\"";
        Optional<Path> directory = LogDirectory.of(context.environment(), Ids.effectiveUid(), ProjectHash.of(project));
        if (command.follow() || directory.isEmpty()) {
            return fail(none);
        }
        StoredLogs logs = new StoredLogs(directory.get());
        List<ServiceName> known = logs.services();
        if (known.isEmpty()) {
            return fail(none + ", and no logs are in \"" + directory.get() + "\"");
        }
        for (ServiceName name : command.services()) {
            if (!known.contains(name)) {
                return fail(UnknownService.noLogs(
                        name.value(), known.stream().map(ServiceName::value).toList()));
            }
        }
        print(
                logs,
                command.services().isEmpty() ? known : command.services(),
                command.lines().orElse(Integer.MAX_VALUE));
        return ExitCode.OK;
    }

    private void print(StoredLogs logs, List<ServiceName> names, int lines) throws IOException {
        for (ServiceName name : names) {
            String prefix = LogStream.prefix(name, names);
            logs.read(
                    name,
                    lines,
                    piece -> piece.lines().forEach(line -> context.out().print(prefix + line + "\n")));
        }
    }

    private int fail(String text) {
        context.err().println(text);
        return ExitCode.FAILED;
    }
}

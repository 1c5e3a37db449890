package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Session;
import dev.ostler.supervise.RunRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The {@code signal} and {@code reload} commands: nothing is done where one of the services cannot have it. Loop thread only. */
final class RunningCommands {
    private final RunRequests requests;

    RunningCommands(RunRequests requests) {
        this.requests = requests;
    }

    void signal(RemoteCommand.SendSignal command, List<ServiceName> names, Session session) {
        if (refuses(names, name -> requests.cannotSignal(name, command.to()), session)) {
            return;
        }
        List<String> failures = new ArrayList<>();
        names.forEach(
                name -> requests.signal(name, command.signal(), command.to()).ifPresent(failures::add));
        end(failures, session);
    }

    void reload(List<ServiceName> names, Session session) {
        if (refuses(names, requests::cannotReload, session)) {
            return;
        }
        List<String> failures = new ArrayList<>();
        List<ServiceName> left = new ArrayList<>(names);
        for (ServiceName name : names) {
            requests.reload(name, failure -> {
                failure.ifPresent(failures::add);
                left.remove(name);
                if (left.isEmpty()) {
                    end(failures, session);
                }
            });
        }
    }

    private static boolean refuses(
            List<ServiceName> names, Function<ServiceName, Optional<String>> objection, Session session) {
        List<String> objections =
                names.stream().map(objection).flatMap(Optional::stream).toList();
        if (!objections.isEmpty()) {
            end(objections, session);
        }
        return !objections.isEmpty();
    }

    private static void end(List<String> failures, Session session) {
        failures.forEach(failure -> session.err(failure + "\n"));
        session.exit(failures.isEmpty() ? ExitCode.OK : ExitCode.FAILED);
    }
}

package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import dev.ostler.service.StartOutcome;
import dev.ostler.supervise.Supervisor;
import java.util.List;
import java.util.function.Consumer;

/** How failed starts are told: why, and what the service printed last. Loop thread only. */
public final class StartFailure {
    /** Enough to show why. */
    private static final int LAST_LINES = 20;

    private StartFailure() {}

    /** Those of {@code names} whose last start has failed. */
    public static List<ServiceName> of(Supervisor supervisor, List<ServiceName> names) {
        return names.stream()
                .filter(name -> supervisor.status(name).startOutcome().kind() == StartOutcome.Kind.FAILED)
                .toList();
    }

    /** Prints them one after the other, as the last lines come from the log thread, then runs {@code done}. */
    public static void report(Supervisor supervisor, List<ServiceName> failed, Consumer<String> print, Runnable done) {
        if (failed.isEmpty()) {
            done.run();
            return;
        }
        ServiceName name = failed.get(0);
        print.accept(text(name, supervisor.status(name).startOutcome().text()) + "\n");
        supervisor.logs().recent(name, LAST_LINES, lines -> {
            lines.forEach(line -> print.accept(name + " | " + line + "\n"));
            report(supervisor, failed.subList(1, failed.size()), print, done);
        });
    }

    /** {@code cannot start "web": exited 1 after 50 ms}; texts of the launcher say so themselves. */
    private static String text(ServiceName service, String why) {
        String prefix = "cannot start \"" + service + "\": ";
        return why.startsWith(prefix) ? why : prefix + why;
    }
}

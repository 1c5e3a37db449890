package dev.ostler.cli;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Selection;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The commands that the running supervisor answers, as picocli reads them. One instance for one parse. */
abstract class RemoteOptions {
    @Mixin
    private HelpOption help;

    @Spec
    private CommandSpec spec;

    /** What was asked; only after picocli has filled the fields. {@link ParameterException} for a name that is none. */
    abstract RemoteCommand command();

    /** Not a converter: picocli takes an argument that cannot be converted for the end of a list. */
    final ServiceName name(String text) {
        if (!ServiceName.isValid(text)) {
            throw wrong("\"" + text + "\" is not a service name");
        }
        return new ServiceName(text);
    }

    final ParameterException wrong(String text) {
        return new ParameterException(spec.commandLine(), text);
    }

    /** Names of services, and of groups with {@code @} in front. */
    final Selection selection(List<String> texts) {
        List<ServiceName> services = new ArrayList<>();
        List<GroupName> groups = new ArrayList<>();
        for (String text : texts) {
            if (!text.startsWith("@")) {
                services.add(name(text));
            } else if (ServiceName.isValid(text.substring(1))) {
                groups.add(new GroupName(text.substring(1)));
            } else {
                throw wrong("\"" + text + "\" is not @ and the name of a group");
            }
        }
        return new Selection(services, groups);
    }

    final List<ServiceName> names(List<String> texts) {
        return texts.stream().map(this::name).toList();
    }

    @Command(name = "status", description = "Show what runs, since when, and why not.")
    static final class Status extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Parameters(
                arity = "0..*",
                paramLabel = "SERVICE",
                description = "Only these services and @groups (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Status(json, selection(services));
        }
    }

    @Command(
            name = "start",
            description = {
                "Start services and what they depend on.",
                "Returns when they are ready; without \"ready:\" after 250 ms alive."
            })
    static final class Start extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Parameters(
                arity = "0..*",
                paramLabel = "SERVICE",
                description = "Only these services and @groups (default: all that are not disabled).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Start(selection(services));
        }
    }

    @Command(
            name = "stop",
            description = {
                "Stop services, dependents first; others that depend on them and the supervisor go on,",
                "except what says restart: true.",
                "Returns when no process of them is left."
            })
    static final class Stop extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Parameters(
                arity = "0..*",
                paramLabel = "SERVICE",
                description = "Only these services and @groups (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Stop(selection(services));
        }
    }

    @Command(name = "restart", description = "Stop services, dependents first, then start them.")
    static final class Restart extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Parameters(
                arity = "0..*",
                paramLabel = "SERVICE",
                description = "Only these services and @groups (default: all that are not disabled).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Restart(selection(services));
        }
    }

    @Command(
            name = "logs",
            description = {"Print what services wrote.", "When the supervisor has ended: what is in its log files."})
    static final class Logs extends RemoteOptions {
        @Option(names = "--file", paramLabel = "FILE", description = "The YAML of the project (-f means follow here).")
        private String file = LocalContext.DEFAULT_FILE;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on with what they write from now on.")
        private boolean follow;

        @Option(
                names = {"-n", "--lines"},
                paramLabel = "N",
                description = "Only the last N lines of each service.")
        private String lines;

        @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand.Logs command() {
            return new RemoteCommand.Logs(names(services), follow, count());
        }

        String file() {
            return file;
        }

        private OptionalInt count() {
            if (lines == null) {
                return OptionalInt.empty();
            }
            if (!lines.matches("\\d{1,18}")) { // the parser's own message would speak of Java's types
                throw wrong("not a number of lines: \"" + lines + "\"");
            }
            return OptionalInt.of((int) Math.min(Long.parseLong(lines), Integer.MAX_VALUE));
        }
    }

    @Command(name = "down", description = "Stop all services, then the supervisor.")
    static final class Down extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Down();
        }
    }

    @Command(
            name = "audit",
            description = {
                "Compare what was asked of a running service with what the kernel says.",
                "Marks: ! a difference, ~ changed as a program may change itself, x left out by if_unsupported: warn,",
                "? the kernel does not tell, - a note.",
                "Exit code 1 on a difference, and when the service does not run."
            })
    static final class Audit extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Parameters(arity = "1", paramLabel = "SERVICE", description = "The service.")
        private String service;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Audit(name(service), json);
        }
    }
}

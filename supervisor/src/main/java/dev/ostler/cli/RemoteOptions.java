package dev.ostler.cli;

import dev.ostler.base.GroupName;
import dev.ostler.base.ServiceName;
import dev.ostler.control.RemoteCommand;
import dev.ostler.control.Selection;
import dev.ostler.service.Milestone;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

        @Option(names = "--self", description = "Of the supervisor itself: its thread, its queues, its memory.")
        private boolean self;

        @Parameters(
                arity = "0..*",
                paramLabel = "SERVICE",
                description = "Only these services and @groups (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            if (self && (json || !services.isEmpty())) {
                throw wrong("--self takes nothing beside it");
            }
            return self ? new RemoteCommand.Self() : new RemoteCommand.Status(json, selection(services));
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
            name = "diff",
            description = {
                "Show what \"apply\" would do now: which services would be started, stopped, restarted or reloaded, and",
                "which keys have changed. Values from env files and from the environment are not shown."
            })
    static final class Diff extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Option(names = "--json", description = "Print JSON.")
        private boolean json;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Diff(json);
        }
    }

    @Command(
            name = "apply",
            description = {
                "Read the files again, and start, stop and restart what has changed; the rest goes on.",
                "With a mistake in them nothing changes. When something does not become ready, all is rolled back.",
                "Returns when what has changed is ready. SIGHUP to \"ostler up\" does the same."
            })
    static final class Apply extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Apply();
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

    @Command(
            name = "why",
            description = {
                "Tell why a service is as it is: what it waits for and since when, when it is tried again, how its last run",
                "ended and what it printed last, and which processes hold up its stop."
            })
    static final class Why extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Parameters(arity = "1", paramLabel = "SERVICE", description = "The service.")
        private String service;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Why(name(service));
        }
    }

    @Command(
            name = "events",
            description = "Print the latest changes of state since the supervisor has started, one JSON object a line.")
    static final class Events extends RemoteOptions {
        @Option(names = "--file", paramLabel = "FILE", description = "The YAML of the project (-f means follow here).")
        private String file;

        @Option(
                names = {"-f", "--follow"},
                description = "Go on with what happens from now on.")
        private boolean follow;

        @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Events(names(services), follow);
        }
    }

    @Command(
            name = "wait",
            description = {
                "Wait until services are started, ready or stopped: no process is left, and none is going to be started.",
                "Exit code 1 when the time is over before."
            })
    static final class Wait extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Option(names = "--for", paramLabel = "STATE", required = true, description = "started, ready or stopped.")
        private String state;

        @Option(names = "--timeout", paramLabel = "TIME", description = "500ms, 30s, 5m or 1h (default: no end).")
        private String timeout;

        @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Wait(
                    names(services), condition(), Optional.ofNullable(timeout).map(this::time));
        }

        private Milestone condition() {
            return switch (state) {
                case "started" -> Milestone.STARTED;
                case "ready" -> Milestone.READY;
                case "stopped" -> Milestone.STOPPED;
                default -> throw wrong("not a state to wait for: \"" + state + "\"; started, ready or stopped");
            };
        }

        private Duration time(String text) {
            Matcher parts = Pattern.compile("(\\d{1,9})(ms|s|m|h)").matcher(text);
            if (!parts.matches()) {
                throw wrong("not a time: \"" + text + "\"; write 500ms, 30s, 5m or 1h");
            }
            long number = Long.parseLong(parts.group(1));
            return switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
        }
    }

    @Command(name = "tree", description = "Print who depends on whom, and the state of each.")
    static final class Tree extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Tree();
        }
    }

    @Command(
            name = "top",
            description = {
                "Print what the processes of each service use: share of one CPU over half a second, CPU time since the",
                "start, memory, processes and threads, restarts. From its cgroup where it has one, else from /proc."
            })
    static final class Top extends RemoteOptions {
        @Mixin
        private ProjectOption project;

        @Parameters(arity = "0..*", paramLabel = "SERVICE", description = "Only these (default: all).")
        private List<String> services = new ArrayList<>();

        @Override
        RemoteCommand command() {
            return new RemoteCommand.Top(names(services));
        }
    }
}

package dev.ostler.cli;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.ServiceName;
import dev.ostler.service.Elapsed;
import dev.ostler.service.Exit;
import dev.ostler.service.Moment;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.spec.Dependency;
import dev.ostler.spec.ServiceSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What {@code why} prints: the state, what has led to it, what comes next, and what there is to see of it. Pure. */
final class WhyText {
    private final Facts facts;
    private final List<String> lines = new ArrayList<>();

    /**
     * What is known.
     *
     * @param statuses of all services
     * @param specs of all services
     * @param probe why its probe has not succeeded yet
     * @param nextRun when its time comes next
     * @param left processes of its run, as {@code 123 sleep (S)}, asked for while it is being ended
     * @param lastLines what it printed last
     */
    record Facts(
            ServiceStatus status,
            Function<ServiceName, ServiceSpec> specs,
            Function<ServiceName, ServiceStatus> statuses,
            Optional<String> probe,
            Optional<Instant> nextRun,
            List<String> left,
            List<String> lastLines,
            Moment now) {}

    private WhyText(Facts facts) {
        this.facts = facts;
    }

    static String of(Facts facts) {
        WhyText text = new WhyText(facts);
        text.state();
        text.dependencies();
        text.next();
        text.leftovers();
        text.history();
        text.lastWords();
        return String.join("\n", text.lines) + "\n";
    }

    private void state() {
        ServiceStatus status = facts.status();
        lines.add(status.name() + " is " + status.state() + " for " + ago(status.since()) + " (since "
                + status.since().wall().truncatedTo(ChronoUnit.MILLIS) + ")");
        lines.add("  because: " + status.reason());
        facts.probe().ifPresent(failure -> lines.add("  last probe: " + failure));
    }

    private String ago(Moment since) {
        return Elapsed.text(Duration.ofNanos(Math.max(0, facts.now().monotonicNanos() - since.monotonicNanos())));
    }

    /** What it waits for, and what that waits for in turn, down to what is at fault. */
    private void dependencies() {
        ServiceState state = facts.status().state();
        if (state == ServiceState.WAITING || state == ServiceState.DEPENDENCY_FAILED) {
            Set<ServiceName> told = new HashSet<>(Set.of(facts.status().name()));
            dependencies("  ", facts.status().name(), told);
        }
    }

    private void dependencies(String indent, ServiceName of, Set<ServiceName> told) {
        for (Dependency dependency : facts.specs().apply(of).dependsOn()) {
            ServiceStatus other = facts.statuses().apply(dependency.service());
            if (other.state() == ServiceState.READY || !told.add(other.name())) {
                continue;
            }
            String condition =
                    dependency.condition().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            lines.add(indent + "needs \"" + other.name() + "\" " + condition + ": it is " + other.state() + " for "
                    + ago(other.since()) + ": " + other.reason());
            if (other.state() == ServiceState.WAITING || other.state() == ServiceState.DEPENDENCY_FAILED) {
                dependencies(indent + "  ", other.name(), told);
            }
        }
    }

    private void next() {
        facts.nextRun()
                .ifPresent(time ->
                        lines.add("  next run: in " + until(time) + " (" + time.truncatedTo(ChronoUnit.SECONDS) + ")"));
        if (facts.status().deadlineNanos().isEmpty()) {
            return;
        }
        long left = facts.status().deadlineNanos().getAsLong() - facts.now().monotonicNanos();
        String time = Elapsed.text(Duration.ofNanos(Math.max(0, left)));
        ServiceState state = facts.status().state();
        if (state == ServiceState.BACKOFF || state == ServiceState.FAILED) {
            lines.add("  next try: in " + time);
        } else if (state == ServiceState.STARTED) {
            lines.add("  has failed when it is not ready in " + time);
        } else if (state.isEnding()) {
            boolean killing = facts.status().ladder().orElseThrow().killing();
            lines.add(killing ? "  SIGKILL was sent; once more in " + time : "  next step of the stop: in " + time);
        }
    }

    private String until(Instant time) {
        long millis = time.toEpochMilli() - facts.now().wall().toEpochMilli();
        return Elapsed.text(Duration.ofMillis(Math.max(0, millis)));
    }

    private void leftovers() {
        if (facts.status().state().isEnding()) {
            lines.add("  waits for the end of: "
                    + (facts.left().isEmpty() ? "nothing that can be seen" : String.join(", ", facts.left())));
        }
    }

    private void history() {
        ServiceStatus status = facts.status();
        status.lastExit()
                .ifPresent(exit -> lines.add("  last end: run " + exit.run() + " " + exit.describe() + evidence(exit)
                        + ", " + ago(exit.at().toEpochMilli()) + " ago"));
        if (status.restarts().automatic() > 0) {
            lines.add("  restarts: " + status.restarts().automatic() + " since somebody started it, "
                    + status.restarts().inARow() + " in a row");
        }
    }

    private String ago(long wallMillis) {
        return Elapsed.text(Duration.ofMillis(Math.max(0, facts.now().wall().toEpochMilli() - wallMillis)));
    }

    /** What wait4(2) has said. */
    private static String evidence(Exit exit) {
        return exit.status()
                .map(ExitStatus::toString)
                .map(text -> " [" + text + "]")
                .orElse("");
    }

    private void lastWords() {
        if (facts.status().state() == ServiceState.READY || facts.lastLines().isEmpty()) {
            return;
        }
        lines.add("  last words:");
        facts.lastLines().forEach(line -> lines.add("    " + line));
    }
}

package dev.ostler.cli;

import dev.ostler.cgroup.CgroupUsage;
import dev.ostler.service.Health;
import dev.ostler.service.Notices;
import dev.ostler.service.ServiceState;
import dev.ostler.service.ServiceStatus;
import dev.ostler.supervise.CompiledService;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What {@code status} prints, as text. Pure. */
final class StatusReport {
    private static final List<String> HEAD =
            List.of("SERVICE", "STATE", "PID", "UPTIME", "RESTARTS", "STOP BY", "REASON");

    /**
     * One service.
     *
     * @param obstacle why it has no process yet, or still has one
     * @param usage of its cgroup, where that was asked for and there is one
     * @param stored names of the descriptors that it has stored for its next run
     * @param nextRun when its time comes next
     */
    record Entry(
            CompiledService service,
            ServiceStatus status,
            Optional<String> obstacle,
            Optional<CgroupUsage> usage,
            List<String> stored,
            Optional<Instant> nextRun) {
        Entry {
            stored = List.copyOf(stored);
        }

        /** What its probe said last, while it is not ready. */
        Optional<String> probe() {
            return status.state() == ServiceState.STARTED
                    ? status.health().lastFailure().map(Health.Failure::text)
                    : Optional.empty();
        }

        /** Why it is not further on: what its probe said last, or what else it waits for. */
        Optional<String> heldUpBy() {
            return status.state() == ServiceState.STARTED ? probe() : obstacle;
        }

        /** What its health probe says, while that asks. */
        Optional<Health> health() {
            boolean asked = status.state() == ServiceState.READY
                    && service.spec().health().isPresent();
            return asked ? Optional.of(status.health()) : Optional.empty();
        }
    }

    private StatusReport() {}

    static String text(List<Entry> entries, long nowNanos) {
        return text(entries, List.of(), nowNanos);
    }

    /** @param changed files that differ from what is in force */
    static String text(List<Entry> entries, List<String> changed, long nowNanos) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(HEAD);
        entries.forEach(entry -> rows.add(row(entry, nowNanos)));
        int[] widths = new int[HEAD.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        StringBuilder out = new StringBuilder();
        rows.forEach(row -> appendRow(out, row, widths));
        entries.forEach(entry -> entry.service()
                .degraded()
                .forEach(text -> out.append("degraded: ").append(text).append('\n')));
        if (!changed.isEmpty()) {
            out.append("changed on disk: ").append(String.join(", ", changed)).append("; see ostler diff\n");
        }
        return out.toString();
    }

    private static void appendRow(StringBuilder out, List<String> row, int[] widths) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
        }
        out.append(line.toString().stripTrailing()).append('\n');
    }

    private static List<String> row(Entry entry, long nowNanos) {
        ServiceStatus status = entry.status();
        boolean alive = status.state().isAlive() && status.run().pid().isPresent();
        return List.of(
                status.name().value(),
                status.state().toString(),
                alive ? status.run().pid().orElseThrow().toString() : "-",
                alive ? uptime(nowNanos - status.run().started().monotonicNanos()) : "-",
                Integer.toString(status.restarts().automatic()),
                alive ? status.run().means() : "-",
                Stream.of(Optional.of(status.reason()), said(entry, nowNanos), told(status), nextRun(entry))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining("; ")));
    }

    private static Optional<String> nextRun(Entry entry) {
        return entry.nextRun().map(time -> "next run at " + time.truncatedTo(ChronoUnit.SECONDS));
    }

    private static Optional<String> said(Entry entry, long nowNanos) {
        return entry.heldUpBy().or(() -> entry.health().map(health -> health(health, nowNanos)));
    }

    /** {@code healthy}, {@code unhealthy for 12s: tcp 127.0.0.1:1: Connection refused}. */
    private static String health(Health health, long nowNanos) {
        boolean failing = health.state() == Health.State.UNHEALTHY || health.failures() > 0;
        String since = health.state() == Health.State.UNHEALTHY
                ? " for " + uptime(nowNanos - health.since().monotonicNanos())
                : "";
        String why = failing || health.state() == Health.State.UNKNOWN
                ? health.lastFailure().map(failure -> ": " + failure.text()).orElse("")
                : "";
        return "health " + health.state() + since + why;
    }

    /** What the service says of itself, sd_notify(3). */
    private static Optional<String> told(ServiceStatus status) {
        Notices notices = status.run().notices();
        String doing = notices.stopping() ? "stopping by itself" : notices.reloading() ? "reloading" : "";
        String text = Stream.of(doing, notices.status())
                .filter(word -> !word.isEmpty())
                .collect(Collectors.joining("; "));
        return status.state().isAlive() && !text.isEmpty() ? Optional.of(text) : Optional.empty();
    }

    private static String uptime(long nanos) {
        Duration up = Duration.ofNanos(Math.max(0, nanos));
        if (up.toDays() > 0) {
            return up.toDays() + "d" + up.toHoursPart() + "h";
        }
        if (up.toHours() > 0) {
            return up.toHours() + "h" + up.toMinutesPart() + "m";
        }
        return up.toMinutes() > 0 ? up.toMinutes() + "m" + up.toSecondsPart() + "s" : up.toSeconds() + "s";
    }
}

package dev.ostler.cli;

import dev.ostler.cgroup.CgroupUsage;
import dev.ostler.service.Notices;
import dev.ostler.service.ServiceStatus;
import dev.ostler.supervise.CompiledService;
import java.time.Duration;
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
     * @param probe why its probe has not succeeded yet
     * @param usage of its cgroup, where that was asked for and there is one
     */
    record Entry(CompiledService service, ServiceStatus status, Optional<String> probe, Optional<CgroupUsage> usage) {}

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
                Stream.of(Optional.of(status.reason()), entry.probe(), told(status))
                        .flatMap(Optional::stream)
                        .collect(Collectors.joining("; ")));
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

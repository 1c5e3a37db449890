package dev.ostler.cli;

import dev.ostler.base.ServiceName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What {@code top} prints: whoever has used most of the processor first. Pure. */
final class TopText {
    private static final List<String> HEAD = List.of("SERVICE", "CPU", "TIME", "MEMORY", "TASKS", "RESTARTS", "STATE");
    private static final double MIB = 1 << 20;

    /** @param usage empty when nothing of it runs */
    record Row(ServiceName service, String state, int restarts, Optional<Used> usage) {}

    /** @param busy CPU time within the measured span */
    record Used(Duration busy, UsageSample.Usage now) {}

    private TopText() {}

    static String of(List<Row> rows, Duration span) {
        List<Row> sorted = new ArrayList<>(rows);
        sorted.sort((a, b) -> busy(b).compareTo(busy(a)));
        List<List<String>> table = new ArrayList<>(List.of(HEAD));
        sorted.forEach(row -> table.add(cells(row, span)));
        return Columns.of(table);
    }

    private static Duration busy(Row row) {
        return row.usage().map(Used::busy).orElse(Duration.ofNanos(-1));
    }

    private static List<String> cells(Row row, Duration span) {
        List<String> usage = row.usage().map(used -> usage(used, span)).orElse(List.of("-", "-", "-", "-"));
        List<String> cells = new ArrayList<>(List.of(row.service().value()));
        cells.addAll(usage);
        cells.add(Integer.toString(row.restarts()));
        cells.add(row.state());
        return cells;
    }

    private static List<String> usage(Used used, Duration span) {
        double share = 100.0 * used.busy().toNanos() / span.toNanos();
        double seconds = used.now().cpu().toMillis() / 1000.0;
        return List.of(
                String.format(Locale.ROOT, "%.0f%%", share),
                String.format(Locale.ROOT, "%.2fs", seconds),
                String.format(Locale.ROOT, "%.1fM", used.now().memoryBytes() / MIB),
                Long.toString(used.now().tasks()));
    }

    static Map<ServiceName, Used> between(
            Map<ServiceName, UsageSample.Usage> before, Map<ServiceName, UsageSample.Usage> after) {
        Map<ServiceName, Used> result = new HashMap<>();
        after.forEach((name, now) -> {
            Duration busy = now.cpu().minus(before.getOrDefault(name, now).cpu());
            result.put(name, new Used(busy.isNegative() ? Duration.ZERO : busy, now));
        });
        return result;
    }
}

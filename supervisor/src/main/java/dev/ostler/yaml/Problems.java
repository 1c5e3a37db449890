package dev.ostler.yaml;

import dev.ostler.base.Origin;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects problems while reading goes on. The same problem, met again through another service, counts once. */
final class Problems {
    private final Set<Problem> problems = new LinkedHashSet<>();
    private final Set<Problem> warnings = new LinkedHashSet<>();

    void add(Origin origin, String message) {
        problems.add(new Problem(origin, message));
    }

    void warn(Origin origin, String message) {
        warnings.add(new Problem(origin, message));
    }

    boolean isEmpty() {
        return problems.isEmpty();
    }

    /** Those of {@code firstFile} first, then by file, line and column. */
    List<Problem> sorted(String firstFile) {
        return sort(problems, firstFile);
    }

    List<Problem> sortedWarnings(String firstFile) {
        return sort(warnings, firstFile);
    }

    private static List<Problem> sort(Set<Problem> unsorted, String firstFile) {
        if (unsorted.isEmpty()) {
            return List.of();
        }
        List<Problem> sorted = new ArrayList<>(unsorted);
        sorted.sort(Comparator.comparing((Problem p) -> !p.origin().file().equals(firstFile))
                .thenComparing(p -> p.origin().file())
                .thenComparingInt(p -> p.origin().line())
                .thenComparingInt(p -> p.origin().column()));
        return sorted;
    }
}

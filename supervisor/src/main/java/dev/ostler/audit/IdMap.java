package dev.ostler.audit;

import dev.ostler.plan.Plan;
import dev.ostler.plan.PlannedOp;
import dev.ostler.plan.SandboxOp;
import dev.ostler.spec.NamespaceType;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Ranges of a user namespace: which ids inside stand for which outside (user_namespaces(7)). */
record IdMap(List<Range> ranges) {
    record Range(long inside, long outside, long count) {}

    IdMap {
        ranges = List.copyOf(ranges);
    }

    /** The op that makes the user namespace of a plan; empty when it makes none. */
    static Optional<SandboxOp.Namespaces> op(Plan plan) {
        return plan.ops().stream()
                .map(PlannedOp::op)
                .filter(SandboxOp.Namespaces.class::isInstance)
                .map(SandboxOp.Namespaces.class::cast)
                .filter(op -> (op.flags() & NamespaceType.USER.flag()) != 0)
                .findFirst();
    }

    static IdMap of(String text) {
        return of(text.lines()
                .map(line -> Arrays.asList(line.strip().split("\\s+")))
                .toList());
    }

    /** Lines of uid_map and gid_map. */
    static IdMap of(List<List<String>> lines) {
        return new IdMap(lines.stream()
                .filter(words -> words.size() == 3)
                .map(words -> new Range(
                        Long.parseLong(words.get(0)), Long.parseLong(words.get(1)), Long.parseLong(words.get(2))))
                .toList());
    }

    /** What the host knows it by; the id itself where the map has none. */
    long outside(long id) {
        return ranges.stream()
                .filter(range -> id >= range.inside() && id - range.inside() < range.count())
                .findFirst()
                .map(range -> range.outside() + id - range.inside())
                .orElse(id);
    }

    long inside(long id) {
        return ranges.stream()
                .filter(range -> id >= range.outside() && id - range.outside() < range.count())
                .findFirst()
                .map(range -> range.inside() + id - range.outside())
                .orElse(id);
    }

    @Override
    public String toString() {
        return ranges.stream()
                .map(range -> range.inside() + " " + range.outside() + " " + range.count())
                .collect(Collectors.joining(", "));
    }
}

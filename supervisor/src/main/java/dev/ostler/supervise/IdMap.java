package dev.ostler.supervise;

import java.nio.file.Path;
import java.util.List;

/** Which ids exist in a user namespace (user_namespaces(7), uid_map). Immutable. */
record IdMap(List<Range> ranges) {
    private static final int COLUMNS = 3;

    IdMap {
        ranges = List.copyOf(ranges);
    }

    /** Ids from {@code first} on, {@code count} of them. */
    record Range(long first, long count) {}

    /** A kernel without user namespaces has no such file, and every id. */
    static IdMap read(Path file) {
        return SystemHostFacts.text(file)
                .map(IdMap::parse)
                .orElse(new IdMap(List.of(new Range(0, 1L << Integer.SIZE))));
    }

    /** Lines of {@code first-inside first-outside count}. */
    static IdMap parse(String text) {
        return new IdMap(text.lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length == COLUMNS)
                .map(columns -> new Range(Long.parseLong(columns[0]), Long.parseLong(columns[2])))
                .toList());
    }

    boolean has(long id) {
        return ranges.stream().anyMatch(range -> id >= range.first() && id - range.first() < range.count());
    }
}

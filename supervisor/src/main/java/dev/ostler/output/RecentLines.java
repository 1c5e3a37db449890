package dev.ostler.output;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of a service, numbered from 0 since the start of this supervisor. Log thread only. */
final class RecentLines {
    /** Enough to hold what a JVM says about its own crash. */
    static final int CAPACITY = 40;

    private final Deque<String> lines = new ArrayDeque<>(CAPACITY);
    private long end;

    void add(String line) {
        if (lines.size() == CAPACITY) {
            lines.removeFirst();
        }
        lines.addLast(line);
        end++;
    }

    /** Number of the oldest line that is kept. */
    long first() {
        return end - lines.size();
    }

    /** One above the number of the newest line. */
    long end() {
        return end;
    }

    List<String> all() {
        return List.copyOf(lines);
    }

    /** Lines {@code from} to below {@code to}, both within what is kept. */
    List<String> from(long from, long to) {
        return lines.stream().skip(from - first()).limit(to - from).toList();
    }
}

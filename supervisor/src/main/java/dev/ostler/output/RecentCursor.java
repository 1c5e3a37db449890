package dev.ostler.output;

import java.util.List;
import java.util.Optional;

/** Reads the lines that are kept in memory where there is no file. Log thread only. */
final class RecentCursor implements LogCursor {
    private final RecentLines lines;
    private long position;
    private long limit;

    RecentCursor(RecentLines lines, int count) {
        this.lines = lines;
        position = Math.max(lines.first(), lines.end() - count);
        limit = lines.end();
    }

    @Override
    public Optional<String> next() {
        long end = Math.min(limit, lines.end());
        if (position >= end) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        if (position < lines.first()) {
            text.append(lines.first() - position).append(" lines skipped: only the last ones are kept in memory\n");
            position = lines.first();
        }
        List<String> piece = lines.from(position, end);
        piece.forEach(line -> text.append(line).append('\n'));
        position += piece.size();
        return Optional.of(text.toString());
    }

    @Override
    public void goOn() {
        limit = Long.MAX_VALUE;
    }

    @Override
    public void close() {
        // holds nothing
    }
}

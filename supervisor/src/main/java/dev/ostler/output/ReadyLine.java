package dev.ostler.output;

import dev.ostler.base.TextPattern;
import java.util.Optional;

/**
 * Waits for the line by which a service says that it is ready. A line counts once in each run; after it no more are looked
 * at. Log thread only.
 */
final class ReadyLine {
    private static final int FIELDS = 4;

    private final TextPattern pattern;
    private int saidIn;
    private int awaitedIn;
    private Optional<Runnable> waiting = Optional.empty();

    ReadyLine(TextPattern pattern) {
        this.pattern = pattern;
    }

    TextPattern pattern() {
        return pattern;
    }

    /** A line of the service's own. */
    void see(int run, String text) {
        if (run > saidIn && pattern.isIn(text)) {
            saidIn = run;
            tell();
        }
    }

    /** Lines as they stand in a file with stamps, see {@link LineFormat}. */
    void seeStored(int run, String lines) {
        String full = "F:" + run;
        String partial = "P:" + run;
        lines.lines().forEach(line -> {
            String[] fields = line.split(" ", FIELDS);
            boolean own = fields.length == FIELDS
                    && !fields[1].equals(StreamTag.EVENT.text())
                    && (fields[2].equals(full) || fields[2].equals(partial));
            if (own) {
                see(run, fields[FIELDS - 1]);
            }
        });
    }

    boolean isSaidIn(int run) {
        return saidIn == run;
    }

    /** Takes the place of whoever waited before. */
    void await(int run, Runnable said) {
        awaitedIn = run;
        waiting = Optional.of(said);
        tell();
    }

    private void tell() {
        if (saidIn == awaitedIn && waiting.isPresent()) {
            Runnable told = waiting.get();
            waiting = Optional.empty();
            told.run();
        }
    }
}

package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.control.Reply;
import java.util.List;

/** Answers {@code status} to nobody, until the code that does it is loaded and compiled. Any thread. */
final class Rehearsal implements Runnable {
    /** The compiler takes a method up after 200 calls; some are called several times in each round. */
    private static final int ROUNDS = 60;

    private static final List<String> COMMAND = List.of("status");

    private final List<StatusReport.Entry> entries;
    private final Clock clock;

    /** @param entries as they are now; what becomes of them later does not matter */
    Rehearsal(List<StatusReport.Entry> entries, Clock clock) {
        this.entries = List.copyOf(entries);
        this.clock = clock;
    }

    @Override
    public void run() {
        for (int i = 0; i < ROUNDS; i++) {
            RemoteCommands.parse(COMMAND);
            Reply.stdout(StatusReport.text(entries, clock.monotonicNanos()));
        }
    }
}

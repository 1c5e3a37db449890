package dev.ostler.cli;

import dev.ostler.linux.ThreadUsage;
import dev.ostler.service.Elapsed;
import java.time.Duration;
import java.util.Locale;

/** What {@code status --self} prints. Pure. */
final class SelfText {
    private static final double MIB = 1 << 20;

    private SelfText() {}

    /**
     * The supervisor's own figures.
     *
     * @param up since its start
     * @param turns how often its loop has woken up
     * @param timers deadlines it waits for
     * @param commands of other threads that wait for it
     * @param requests that the keeper has not taken yet
     */
    record Facts(
            Duration up,
            ThreadUsage loop,
            long turns,
            int timers,
            int commands,
            int requests,
            int threads,
            int descriptors,
            long heapBytes) {}

    static String of(Facts facts) {
        return String.format(
                Locale.ROOT,
                """
                up %s, %d threads, %d descriptors, %.1f MiB of heap in use
                loop: %d ms user, %d ms system, %d wake-ups, %d waits, %d preemptions, %d page faults (%d from disk)
                waiting: %d timers, %d commands of other threads, %d requests to the keeper
                """,
                Elapsed.text(facts.up()),
                facts.threads(),
                facts.descriptors(),
                facts.heapBytes() / MIB,
                facts.loop().user().toMillis(),
                facts.loop().system().toMillis(),
                facts.turns(),
                facts.loop().voluntary(),
                facts.loop().involuntary(),
                facts.loop().minorFaults() + facts.loop().majorFaults(),
                facts.loop().majorFaults(),
                facts.timers(),
                facts.commands(),
                facts.requests());
    }
}

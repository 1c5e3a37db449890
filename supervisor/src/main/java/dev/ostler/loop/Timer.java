package dev.ostler.loop;

/** One scheduled action of a {@link TimerQueue}. Loop thread only. */
public final class Timer {
    /** Not in the queue: it ran, or it was cancelled. */
    static final int GONE = -1;

    final long deadlineNanos;
    final long sequence;
    final Runnable action;
    private final TimerQueue queue;
    int index = GONE;

    Timer(TimerQueue queue, long deadlineNanos, long sequence, Runnable action) {
        this.queue = queue;
        this.deadlineNanos = deadlineNanos;
        this.sequence = sequence;
        this.action = action;
    }

    /** From now on it does not run, even when it was due in this very turn; harmless when it has run. */
    public void cancel() {
        if (index != GONE) {
            queue.remove(this);
        }
    }

    /** True until it runs or is cancelled. */
    public boolean isPending() {
        return index != GONE;
    }

    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Equal deadlines keep the order in which they were scheduled. */
    boolean isBefore(Timer other) {
        return deadlineNanos < other.deadlineNanos || deadlineNanos == other.deadlineNanos && sequence < other.sequence;
    }
}

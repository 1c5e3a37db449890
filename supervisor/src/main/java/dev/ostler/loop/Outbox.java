package dev.ostler.loop;

import java.util.concurrent.Executor;

/**
 * The way from the thread of one loop to another loop. What is posted in a turn wakes the other one once, when the turn is over or
 * there is much of it: a wake-up costs more than most commands. From any other thread each command wakes at once. Any thread.
 */
public final class Outbox implements Executor {
    /** Until then the other one sleeps, if it does. */
    private static final int MOST = 512;

    private final EventLoop from;
    private final Inbox to;

    /** Of the thread of {@link #from} only. */
    private int waiting;

    Outbox(EventLoop from, Inbox to) {
        this.from = from;
        this.to = to;
    }

    /** Runs the command on the other thread, behind all that was posted before. */
    @Override
    public void execute(Runnable command) {
        if (!from.isOwnThread()) {
            to.post(command);
            return;
        }
        to.add(command);
        waiting++;
        if (waiting >= MOST) {
            wake();
        }
    }

    /** The thread of {@link #from}, which is about to wait. */
    void wake() {
        if (waiting > 0) {
            waiting = 0;
            to.wakeUp();
        }
    }
}

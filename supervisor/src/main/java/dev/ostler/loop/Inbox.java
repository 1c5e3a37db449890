package dev.ostler.loop;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The one door between threads: anyone posts, the loop thread runs the commands in the order of posting. */
public final class Inbox {
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean awake = new AtomicBoolean();
    private final Runnable wake;

    /** @param wake makes the loop look; called by the posting thread, once until the next {@link #runAll} */
    Inbox(Runnable wake) {
        this.wake = wake;
    }

    /** Any thread. The command runs later, on the loop thread. */
    public void post(Runnable command) {
        add(command);
        wakeUp();
    }

    /** Any thread. {@link #wakeUp} has to follow. */
    void add(Runnable command) {
        commands.add(Objects.requireNonNull(command, "command"));
    }

    /** Any thread. */
    void wakeUp() {
        if (awake.compareAndSet(false, true)) {
            wake.run();
        }
    }

    /** Commands that wait; counts them one by one. Any thread. */
    public int size() {
        return commands.size();
    }

    /** Loop thread. */
    boolean isEmpty() {
        return commands.isEmpty();
    }

    /**
     * Loop thread: hands over what was posted before this call and returns how much; later commands wait for the next turn,
     * so that a command that posts cannot keep the loop here.
     */
    int runAll(Consumer<Runnable> runner) {
        awake.set(false); // before looking: whoever posts from here on wakes again
        if (commands.isEmpty()) {
            return 0;
        }
        int waiting = commands.size();
        for (int i = 0; i < waiting; i++) {
            runner.accept(commands.remove());
        }
        return waiting;
    }
}

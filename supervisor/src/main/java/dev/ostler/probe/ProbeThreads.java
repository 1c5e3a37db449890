package dev.ostler.probe;

import dev.ostler.spec.ProbeCheck;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;

/**
 * A few threads that wait for answers, and one that watches the clock. What the kernel does not let go of, a file on a server
 * that is gone or a name that nobody resolves, keeps its thread; for each of these there is one more, and the same is not
 * asked again as long as it hangs. Any thread.
 */
final class ProbeThreads implements AutoCloseable {
    /** Probes that can be waiting for an answer at the same time; others queue. */
    private static final int THREADS = 4;

    private final ScheduledThreadPoolExecutor asking = pool(THREADS, "probe");
    private final ScheduledThreadPoolExecutor deadlines = pool(1, "probe-deadline");
    private final Map<ProbeCheck, Integer> hanging = new HashMap<>();

    private static ScheduledThreadPoolExecutor pool(int count, String name) {
        ScheduledThreadPoolExecutor pool = new ScheduledThreadPoolExecutor(count, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        pool.setRemoveOnCancelPolicy(true);
        return pool;
    }

    ScheduledExecutorService asking() {
        return asking;
    }

    ScheduledExecutorService deadlines() {
        return deadlines;
    }

    synchronized boolean hangs(ProbeCheck check) {
        return hanging.containsKey(check);
    }

    /** A thread does not come back in time from asking this; another one takes its place. */
    synchronized void lost(ProbeCheck check) {
        hanging.merge(check, 1, Integer::sum);
        resize();
    }

    /** It has come back. */
    synchronized void found(ProbeCheck check) {
        hanging.computeIfPresent(check, (same, count) -> count == 1 ? null : count - 1);
        resize();
    }

    private void resize() {
        int lost = hanging.values().stream().mapToInt(Integer::intValue).sum();
        try {
            asking.setCorePoolSize(THREADS + lost);
        } catch (OutOfMemoryError ignored) { // no more threads for the moment: the next task that comes asks again
            return;
        }
    }

    @Override
    public void close() {
        asking.shutdownNow();
        deadlines.shutdownNow();
    }
}

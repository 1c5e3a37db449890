package dev.ostler.daemon;

import dev.ostler.linux.NativeHeap;
import java.util.List;

/**
 * What is done once after a start, on a thread of its own: code that commands and restarts need is made ready when the
 * services have had the processors for their own start, and later the memory that the start has used goes back to the kernel.
 */
final class Settling implements Runnable {
    /** The JVM itself frees what its compilers have used 5 s later, HotSpot's ChunkPoolCleaner. */
    private static final long REST_MILLIS = 10_000;

    /** The services are starting now, and are to have the processors. */
    private static final long START_MILLIS = 2_000;

    private final List<Runnable> rehearsals;

    private Settling(List<Runnable> rehearsals) {
        this.rehearsals = List.copyOf(rehearsals);
    }

    /** @param rehearsals make code ready, in order, on the new thread */
    static void begin(List<Runnable> rehearsals) {
        Thread thread = new Thread(new Settling(rehearsals), "settling");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        try {
            Thread.sleep(START_MILLIS);
            rehearsals.forEach(Runnable::run);
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException ignored) { // nobody interrupts it
            return;
        }
        System.gc();
        NativeHeap.trim();
    }
}

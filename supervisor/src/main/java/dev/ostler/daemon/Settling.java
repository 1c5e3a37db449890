package dev.ostler.daemon;

import dev.ostler.linux.NativeHeap;
import java.util.List;

/**
 * What is done once after a start, when no launch waits for it, on a thread of its own: code that commands and
 * restarts need is made ready, and later the memory that the start has used goes back to the kernel.
 */
final class Settling implements Runnable {
    /** The JVM itself frees what its compilers have used 5 s later, HotSpot's ChunkPoolCleaner. */
    private static final long REST_MILLIS = 10_000;

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
        rehearsals.forEach(Runnable::run);
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException ignored) { // nobody interrupts it
            return;
        }
        System.gc();
        NativeHeap.trim();
    }
}

package dev.ostler.daemon;

import dev.ostler.linux.NativeHeap;

/**
 * What is done once after a start, when no launch waits for it, on a thread of its own: code that commands need is made
 * ready, and later the memory that the start has used goes back to the kernel.
 */
final class Settling implements Runnable {
    /** The JVM itself frees what its compilers have used 5 s later, HotSpot's ChunkPoolCleaner. */
    private static final long REST_MILLIS = 10_000;

    private final Runnable rehearsal;

    private Settling(Runnable rehearsal) {
        this.rehearsal = rehearsal;
    }

    /** @param rehearsal makes code ready; runs on the new thread */
    static void begin(Runnable rehearsal) {
        Thread thread = new Thread(new Settling(rehearsal), "settling");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void run() {
        rehearsal.run();
        try {
            Thread.sleep(REST_MILLIS);
        } catch (InterruptedException ignored) { // nobody interrupts it
            return;
        }
        System.gc();
        NativeHeap.trim();
    }
}

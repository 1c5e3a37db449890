package dev.ostler.supervise;

/** One way by which a run tells something of itself. Loop thread only. */
interface RunChannel extends AutoCloseable {
    /** Deals with everything that has been said so far. */
    void drain();

    /** What is said from here on concerns nobody. Harmless when repeated. */
    @Override
    void close();
}

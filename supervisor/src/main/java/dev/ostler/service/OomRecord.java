package dev.ostler.service;

/**
 * Processes of a service that the kernel killed for its memory limit, since a person last started it.
 *
 * @param run the latest run in which that happened
 * @param ofRun how many of that run
 * @param total of all runs
 */
public record OomRecord(int run, long ofRun, long total) {
    public static final OomRecord NONE = new OomRecord(0, 0, 0);

    /** @param count all of run {@code number} so far, as the kernel counts them */
    OomRecord counted(int number, long count) {
        long known = number == run ? ofRun : 0;
        return count <= known ? this : new OomRecord(number, count, total + count - known);
    }
}

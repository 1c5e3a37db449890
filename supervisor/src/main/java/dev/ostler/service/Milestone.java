package dev.ostler.service;

/** What somebody may wait for. */
public enum Milestone {
    /** Its program executes. */
    STARTED,
    /** It is up. */
    READY,
    /** No process of it is left, and none is going to be started. */
    STOPPED;

    private static final Milestone[] ALL = values();

    /** One bit, in the order of this list. */
    public int bit() {
        return 1 << ordinal();
    }

    /** Whether it has come to that now. */
    public boolean isMet(ServiceStatus status) {
        return switch (this) {
            case STARTED -> status.state() == ServiceState.STARTED || status.state() == ServiceState.READY;
            case READY -> status.state() == ServiceState.READY;
            case STOPPED ->
                !status.state().isAlive()
                        && status.state() != ServiceState.WAITING
                        && status.deadlineNanos().isEmpty(); // else it is tried again
        };
    }

    /** The bits of all that are met. */
    public static int bits(ServiceStatus status) {
        int bits = 0;
        for (Milestone milestone : ALL) {
            bits |= milestone.isMet(status) ? milestone.bit() : 0;
        }
        return bits;
    }
}

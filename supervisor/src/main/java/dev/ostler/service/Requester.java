package dev.ostler.service;

/** On whose behalf a command comes. */
public enum Requester {
    /** A person named this service. */
    PERSON,
    /** Another service that depends on this one is being started. */
    DEPENDENT,
    /** The whole project goes down. */
    SHUTDOWN,
    /** Something has come in on a socket of the service. */
    TRAFFIC,
    /** Its time has come. */
    TIMER,
    /** Something is, or has happened, at its path. */
    PATH;

    @Override
    public String toString() {
        return switch (this) {
            case PERSON -> "a person";
            case DEPENDENT -> "a dependent service";
            case SHUTDOWN -> "shutdown";
            case TRAFFIC -> "traffic on its socket";
            case TIMER -> "its timer";
            case PATH -> "its path";
        };
    }
}

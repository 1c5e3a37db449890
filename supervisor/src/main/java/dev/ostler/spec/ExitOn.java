package dev.ostler.spec;

/** Upon what {@code up} goes down by itself. */
public enum ExitOn {
    /** Never: services that have ended can be started again. */
    NEVER,
    /** Once a service has failed for good, or can never start. */
    FAILURE,
    /** Upon that, and once everything that was started has ended. */
    END
}

package dev.ostler.plan;

/** Whether a guard stays behind as the parent of the service, so that all its descendants can be found and ended. */
public enum Guard {
    NONE,
    STAYS
}

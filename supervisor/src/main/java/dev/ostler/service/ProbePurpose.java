package dev.ostler.service;

import java.util.Locale;

/** What the answers of a probe are for. */
public enum ProbePurpose {
    /** Whether the start has succeeded; nothing else is asked until then. */
    READINESS,
    /** Whether a service that is up is healthy. */
    HEALTH;

    /** As in messages. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

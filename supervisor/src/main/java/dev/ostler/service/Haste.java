package dev.ostler.service;

/** How long the services of a project have for going down. */
public enum Haste {
    /** All of the times on their ladders: a person has asked. */
    NONE,
    /** Whoever runs Ostler has asked, and allows so much: a share of the times, where they are too long for that. */
    WITHIN_OUTER_GRACE,
    /** None. */
    AT_ONCE
}

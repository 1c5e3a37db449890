package dev.ostler.plan;

/** What the program of a plan has for a terminal. The caller's own is never its controlling terminal. */
public enum Terminal {
    /** None: it gets descriptors. */
    NONE,
    /** One of its own, which nobody types into. */
    SHOWN,
    /** One of its own, with the caller's keyboard. */
    INTERACTIVE
}

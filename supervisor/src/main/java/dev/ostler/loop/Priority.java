package dev.ostler.loop;

/** In which part of a turn a handler is called; timers and commands come between {@link #EXITS} and {@link #IO}. */
public enum Priority {
    /** What a person or the host wants of the supervisor. */
    SIGNALS,
    /** That processes have ended, before any timer that asks whether they still live. */
    EXITS,
    /** Everything else. */
    IO
}

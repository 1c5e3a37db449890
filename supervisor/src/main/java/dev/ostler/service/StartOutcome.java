package dev.ostler.service;

import java.util.Objects;

/**
 * The answer to whoever asked last that the service be started: given once, and kept until asked again.
 *
 * @param text for {@link Kind#FAILED} why; otherwise how it is up
 */
public record StartOutcome(Kind kind, String text) {
    static final StartOutcome PENDING = new StartOutcome(Kind.PENDING, "");

    public StartOutcome {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(text, "text");
    }

    /** Ready, alive for long enough, or done with its work; failed, even when a restart follows; or not known yet. */
    public enum Kind {
        PENDING,
        UP,
        FAILED
    }

    public boolean isPending() {
        return kind == Kind.PENDING;
    }

    static StartOutcome up(String text) {
        return new StartOutcome(Kind.UP, text);
    }

    static StartOutcome failed(String text) {
        return new StartOutcome(Kind.FAILED, text);
    }
}

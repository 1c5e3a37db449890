package dev.ostler.base;

/**
 * What this process holds in memory can no longer be trusted, so it has to end. Nothing is lost by that: the keeper holds
 * the services and their stored statuses, starts another supervisor, and tells it again whatever this one has not
 * acknowledged. No handler may catch it.
 */
public final class FatalError extends Error {
    private static final long serialVersionUID = 1L;

    /** @param what was under way */
    public FatalError(String what, Throwable cause) {
        super(what, cause);
    }
}

package dev.ostler.plan;

/** A plan that breaks a limit of the wire format. */
public final class PlanTooLargeException extends RuntimeException {
    public PlanTooLargeException(String message) {
        super(message);
    }
}

package dev.ostler.plan.filter;

/** A filter would become larger than the kernel takes; the message says how. */
public final class TooManyComparisonsException extends RuntimeException {
    TooManyComparisonsException(String message) {
        super(message);
    }
}

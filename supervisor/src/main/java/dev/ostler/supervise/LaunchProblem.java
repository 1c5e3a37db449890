package dev.ostler.supervise;

/** A launch that cannot even be asked for; the message says what, why and by which line. */
final class LaunchProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LaunchProblem(String message) {
        super(message);
    }

    LaunchProblem(String message, Throwable cause) {
        super(message, cause);
    }
}

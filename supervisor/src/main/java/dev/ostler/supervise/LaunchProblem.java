package dev.ostler.supervise;

import java.util.OptionalInt;

/** A launch that cannot even be asked for; the message says what, why and by which line. */
final class LaunchProblem extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int takenPort;

    LaunchProblem(String message) {
        super(message);
        takenPort = 0;
    }

    LaunchProblem(String message, Throwable cause) {
        this(message, cause, 0);
    }

    /** @param takenPort TCP port that somebody else listens on; 0 = that is not the problem */
    LaunchProblem(String message, Throwable cause, int takenPort) {
        super(message, cause);
        this.takenPort = takenPort;
    }

    /** The port whose holder should be named; finding it takes too long to be done at once. */
    OptionalInt takenPort() {
        return takenPort == 0 ? OptionalInt.empty() : OptionalInt.of(takenPort);
    }
}

package dev.ostler.yaml;

/** A text that does not mean what its key needs; the message becomes the problem. */
final class BadValue extends Exception {
    BadValue(String message) {
        super(message, null, false, false);
    }
}

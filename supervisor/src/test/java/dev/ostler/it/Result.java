package dev.ostler.it;

/** What a command did. */
public record Result(int exitCode, String out, String err) {
    /** Fails the test when the command failed. */
    public Result ok() {
        if (exitCode != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    @Override
    public String toString() {
        return "exit code " + exitCode + "\n--- stdout\n" + out + "--- stderr\n" + err;
    }
}

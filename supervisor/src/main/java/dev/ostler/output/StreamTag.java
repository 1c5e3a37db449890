package dev.ostler.output;

/** Which of a service's streams a line came from; EVENT lines are the supervisor's own. */
public enum StreamTag {
    STDOUT("stdout"),
    STDERR("stderr"),
    EVENT("ostler");

    private final String text;

    StreamTag(String text) {
        this.text = text;
    }

    /** As it stands in a log file. */
    public String text() {
        return text;
    }
}

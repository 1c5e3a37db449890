package dev.ostler.audit;

/** How an item of an audit came out. */
public enum Verdict {
    /** What was asked for is true. */
    AGREES(' '),
    /** It is not true, in a way that the program may have brought about itself, and may. */
    CHANGED('~'),
    /** It is not true. */
    DIFFERS('!'),
    /** The kernel does not tell, or not to this supervisor. */
    UNKNOWN('?'),
    /** It was asked for and left out, as the configuration allows. */
    LEFT_OUT('x'),
    /** Nothing was asked; it is good to know. */
    NOTE('-');

    private final char mark;

    Verdict(char mark) {
        this.mark = mark;
    }

    /** What stands in front of the line. */
    public char mark() {
        return mark;
    }
}

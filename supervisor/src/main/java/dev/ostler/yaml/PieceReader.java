package dev.ostler.yaml;

import java.io.Reader;

/**
 * A text in small pieces. What looks at each character of a piece is called often then, so the JVM compiles it early; a loop over
 * the whole text it would interpret to the end.
 */
final class PieceReader extends Reader {
    /** SnakeYAML looks ahead by a few characters, and asks for one piece more when these are not there. */
    static final int PIECE = 128;

    private final String text;
    private int at;

    PieceReader(String text) {
        this.text = text;
    }

    @Override
    public int read(char[] buffer, int offset, int length) {
        int count = Math.min(Math.min(length, PIECE), text.length() - at);
        if (count == 0) {
            return -1;
        }
        text.getChars(at, at + count, buffer, offset);
        at += count;
        return count;
    }

    @Override
    public void close() {}
}

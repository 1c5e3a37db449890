package dev.ostler.yaml;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a command that is written as one text: words are separated by blanks; {@code '…'} keeps everything,
 * {@code "…"} keeps everything but {@code \"} and {@code \\}, a backslash outside of quotes keeps the next character.
 * No shell is involved: no globs, no pipes, no variables of the shell. {@code ${…}} is one piece, resolved later, so
 * that its value never becomes two words.
 */
final class CommandLine {
    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private int at;

    private CommandLine(String text) {
        this.text = text;
    }

    static List<String> split(String text) throws BadValue {
        CommandLine line = new CommandLine(text);
        while (line.at < text.length()) {
            line.step();
        }
        line.endWord();
        return line.words;
    }

    private void step() throws BadValue {
        char c = text.charAt(at);
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
            endWord();
            at++;
            return;
        }
        inWord = true;
        switch (c) {
            case '\'' -> singleQuoted();
            case '"' -> doubleQuoted();
            case '\\' -> escaped();
            default -> plain(c);
        }
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private void plain(char c) {
        int end = Interpolation.endOfExpression(text, at);
        if (end > at) {
            word.append(text, at, end);
            at = end;
        } else if (text.startsWith("$$", at)) {
            word.append("$$");
            at += 2;
        } else {
            word.append(c);
            at++;
        }
    }

    private void escaped() throws BadValue {
        if (at + 1 == text.length()) {
            throw new BadValue("the command ends in a backslash");
        }
        char c = text.charAt(at + 1);
        // A dollar that was kept from the person's view of a shell is kept from ${} too.
        word.append(c == '$' ? "$$" : String.valueOf(c));
        at += 2;
    }

    private void singleQuoted() throws BadValue {
        at++;
        while (at < text.length() && text.charAt(at) != '\'') {
            plain(text.charAt(at));
        }
        close('\'');
    }

    private void doubleQuoted() throws BadValue {
        at++;
        while (at < text.length() && text.charAt(at) != '"') {
            boolean escape = text.startsWith("\\\"", at) || text.startsWith("\\\\", at);
            if (escape) {
                escaped();
            } else {
                plain(text.charAt(at));
            }
        }
        close('"');
    }

    private void close(char quote) throws BadValue {
        if (at >= text.length()) {
            throw new BadValue("the command has a " + quote + " without its end");
        }
        at++;
    }
}

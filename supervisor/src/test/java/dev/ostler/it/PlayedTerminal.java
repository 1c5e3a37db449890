package dev.ostler.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** A terminal with one job of a shell, and a test that sits there: the program {@code terminal.c}. */
final class PlayedTerminal {
    private static final String PROGRAM = "terminal";
    private static final int LINE_KEYS = 1000;

    private final OstlerProject project;
    private final String name;

    private PlayedTerminal(OstlerProject project, String name) {
        this.project = project;
        this.name = name;
    }

    /** Starts {@code command} in the foreground of a new terminal; what belongs to it is in files of this name. */
    static PlayedTerminal open(OstlerProject project, String name, String... command) {
        return open(project, name, List.of(), command);
    }

    /** As {@link #open}, as a job in the background. */
    static PlayedTerminal openBehind(OstlerProject project, String name, String... command) {
        return open(project, name, List.of("-b"), command);
    }

    private static PlayedTerminal open(OstlerProject project, String name, List<String> options, String... command) {
        Path program = project.directory().resolve(PROGRAM);
        if (!Files.exists(program)) {
            CProgram.build(project, PROGRAM);
        }
        List<String> arguments = new ArrayList<>(options);
        arguments.add(name);
        arguments.addAll(List.of(command));
        project.start(List.of(program.toString()), arguments, name);
        PlayedTerminal terminal = new PlayedTerminal(project, name);
        Eventually.until("the terminal is there", () -> Files.exists(terminal.fifo()));
        return terminal;
    }

    private Path fifo() {
        return project.directory().resolve(name + ".in");
    }

    void type(String keys) {
        type(keys.getBytes(StandardCharsets.UTF_8));
    }

    void type(byte[] keys) {
        for (int at = 0; at < keys.length; at += LINE_KEYS) {
            say("type " + HexFormat.of().formatHex(keys, at, Math.min(keys.length, at + LINE_KEYS)));
        }
    }

    /** A word that {@code terminal.c} knows. */
    void say(String word) {
        try {
            Files.writeString(fifo(), word + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is answered to a word, without the word. */
    String ask(String word) {
        int before = answers(word).size();
        say(word);
        return Eventually.value(
                word + " is answered", () -> answers(word).stream().skip(before).findFirst());
    }

    private List<String> answers(String word) {
        return project.text(name + ".out")
                .lines()
                .filter(line -> line.startsWith(word + " "))
                .map(line -> line.substring(word.length() + 1))
                .toList();
    }

    /** Modes of the terminal, to be compared. */
    String modes() {
        return ask("modes");
    }

    /** All that the terminal has shown, a character a byte. */
    String screen() {
        try {
            Path file = project.directory().resolve(name + ".screen");
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void await(String text) {
        Eventually.until("the terminal shows " + text, () -> screen().contains(text));
    }

    /** Process id of the job. */
    long pid() {
        return Long.parseLong(first("pid"));
    }

    /** Waits for the end of the job. */
    int exitCode() {
        return Integer.parseInt(first("exit"));
    }

    /** Waits until the job has been stopped {@code count} times, and says by which signal at last. */
    int awaitStop(int count) {
        return Eventually.value(
                "the job is stopped",
                () -> answers("stopped").stream().skip(count - 1L).findFirst().map(Integer::valueOf));
    }

    private String first(String word) {
        return Eventually.value(
                word + " of the job", () -> answers(word).stream().findFirst());
    }

    /** What everything is, for the message of an assertion. */
    @Override
    public String toString() {
        return project.text(name + ".out") + project.text(name + ".err") + "--- screen\n" + screen();
    }

    static Optional<String> line(String text, String prefix) {
        return text.lines().filter(line -> line.startsWith(prefix)).findFirst();
    }
}

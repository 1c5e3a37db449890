package dev.ostler.output;

import dev.ostler.base.ErrnoText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One reader of one service's log, who asks for the next piece when it has got rid of the last: however slow it is, and however
 * much there is, one piece at most is in memory. Loop thread; the work is done by the log thread, and answers come back on
 * the loop thread.
 */
public final class LogReading implements AutoCloseable {
    private static final int MOST_REST_PIECES = 4;

    private final Executor logThread;
    private final Executor answers;

    // Log thread only.
    private ServiceLog log;
    private Optional<LogCursor> cursor = Optional.empty();
    private Optional<String> ahead = Optional.empty();

    LogReading(Supplier<ServiceLog> log, int lines, Executor logThread, Executor answers) {
        this.logThread = logThread;
        this.answers = answers;
        logThread.execute(() -> open(log.get(), lines));
    }

    /** The next whole lines, each with its newline; empty at the end. */
    public void next(Consumer<Optional<String>> answer) {
        logThread.execute(() -> {
            Optional<String> piece = read();
            answers.execute(() -> answer.accept(piece));
        });
    }

    /** All whole lines that are there now, up to a bound: for a reader that will not come back. */
    public void rest(Consumer<List<String>> answer) {
        logThread.execute(() -> {
            List<String> pieces = new ArrayList<>();
            Optional<String> piece = read();
            while (piece.isPresent() && pieces.size() < MOST_REST_PIECES) {
                pieces.add(piece.get());
                piece = read();
            }
            answers.execute(() -> answer.accept(pieces));
        });
    }

    /** From now on what is written later belongs to it too; {@code then} runs once when {@link #next} has lines to give. */
    public void whenMore(Runnable then) {
        logThread.execute(() -> {
            cursor.ifPresent(LogCursor::goOn);
            lookForMore(then);
        });
    }

    private void lookForMore(Runnable then) {
        ahead = read();
        if (ahead.isPresent()) {
            answers.execute(then);
        } else if (cursor.isPresent()) {
            log.whenWritten(this, () -> lookForMore(then));
        }
    }

    private void open(ServiceLog of, int lines) {
        log = of;
        try {
            cursor = Optional.of(log.cursor(lines));
        } catch (IOException e) {
            ahead = Optional.of(failed(e));
        }
    }

    private Optional<String> read() {
        if (ahead.isPresent() || cursor.isEmpty()) {
            Optional<String> piece = ahead;
            ahead = Optional.empty();
            return piece;
        }
        try {
            return cursor.get().next();
        } catch (IOException e) {
            closeCursor();
            return Optional.of(failed(e));
        }
    }

    private String failed(IOException e) {
        return "cannot read the log of \"" + log.service() + "\": " + ErrnoText.of(e) + "\n";
    }

    private void closeCursor() {
        cursor.ifPresent(LogCursor::close);
        cursor = Optional.empty();
    }

    @Override
    public void close() {
        logThread.execute(() -> {
            log.forget(this);
            closeCursor();
        });
    }
}

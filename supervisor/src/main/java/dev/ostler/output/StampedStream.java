package dev.ostler.output;

import dev.ostler.base.Clock;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Where the loggers write: the time stands in front of each of their lines. What comes behind one, a stack trace, has none. The
 * loggers' own way of doing so takes the locale data of the JDK, a tenth of a start. Any thread.
 */
public final class StampedStream extends PrintStream {
    private final Clock clock;
    private final TimeStamp stamp = new TimeStamp();

    public StampedStream(OutputStream target, Clock clock) {
        super(target, true, StandardCharsets.UTF_8);
        this.clock = clock;
    }

    @Override
    public synchronized void println(String line) {
        super.println(new String(stamp.of(clock.wall()), StandardCharsets.US_ASCII) + " " + line);
    }
}

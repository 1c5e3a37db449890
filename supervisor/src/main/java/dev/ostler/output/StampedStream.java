package dev.ostler.output;

import dev.ostler.base.Clock;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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

    /** One write, without the encoder behind {@code super}, which each of its parts would go through. */
    @Override
    public synchronized void println(String line) {
        byte[] time = stamp.of(clock.wall());
        byte[] text = String.valueOf(line).getBytes(StandardCharsets.UTF_8);
        byte[] whole = Arrays.copyOf(time, time.length + 1 + text.length + 1);
        whole[time.length] = ' ';
        System.arraycopy(text, 0, whole, time.length + 1, text.length);
        whole[whole.length - 1] = '\n';
        write(whole, 0, whole.length);
    }
}

package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Standard output of {@code up} in the foreground: one line after the other, each with its service in front. A terminal
 * that does not take them (Ctrl-S) holds back this class's own thread only; what does not fit into the queue is dropped,
 * counted and announced. Any thread.
 */
public final class Console implements AutoCloseable {
    /** Some seconds of a busy service; both bound the memory, as a line may be long. */
    static final int MAX_QUEUED_LINES = 4096;

    static final int MAX_QUEUED_BYTES = 4 << 20;

    /** Written at once. */
    private static final int MAX_BATCH_BYTES = 16 * 1024;

    private static final long CLOSE_WAIT_MILLIS = 1_000;
    private static final int[] COLOURS = {36, 33, 32, 35, 34, 96, 93, 92, 95, 94};
    private static final byte[] END = new byte[0];

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(MAX_QUEUED_LINES);
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private final boolean colour;
    private final int nameWidth;
    private final OutputStream out;

    /** Of this class's own thread. */
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();

    private final Thread thread;

    /** @param nameWidth longest service name, so that the text lines up */
    public Console(boolean colour, int nameWidth) {
        this(colour, nameWidth, new FileOutputStream(FileDescriptor.out));
    }

    /** @param out closed when this ends */
    Console(boolean colour, int nameWidth, OutputStream out) {
        this.out = out;
        this.colour = colour;
        this.nameWidth = nameWidth;
        thread = new Thread(this::run, "console");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * One line.
     *
     * @param index of the service, picks its colour
     * @param mark between name and text: {@code |} for what a service prints, {@code *} for what is said about it
     */
    void line(String service, int index, char mark, String text) {
        String padded = service + " ".repeat(Math.max(0, nameWidth - service.length())) + " " + mark + " ";
        String prefix = colour
                ? "\u001b[" + COLOURS[Math.floorMod(index, COLOURS.length)] + "m" + padded + "\u001b[0m"
                : padded;
        byte[] line = (prefix + text + "\n").getBytes(StandardCharsets.UTF_8);
        if (queuedBytes.get() < MAX_QUEUED_BYTES && queue.offer(line)) {
            queuedBytes.addAndGet(line.length);
        } else {
            dropped.incrementAndGet();
        }
    }

    private void run() {
        try (out) {
            byte[] next = queue.take();
            while (next != END) {
                next = gather(next);
                batch.writeTo(out);
                batch.reset();
                if (next == null) {
                    next = queue.take();
                }
            }
            announceDropped();
            batch.writeTo(out);
        } catch (IOException ignored) { // the reader of our output has gone; the files have everything
            return;
        } catch (InterruptedException ignored) { // nobody interrupts; ending is right all the same
            return;
        }
    }

    /** Takes what is queued, up to a bound; returns what comes after it, null when that is to be waited for. */
    private byte[] gather(byte[] first) {
        byte[] next = first;
        while (next != null && next != END && batch.size() < MAX_BATCH_BYTES) {
            queuedBytes.addAndGet(-next.length);
            announceDropped();
            batch.writeBytes(next);
            next = queue.poll();
        }
        return next;
    }

    private void announceDropped() {
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            batch.writeBytes(("ostler | " + lost + " lines dropped: the output does not take them\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes what is queued, unless the output does not take it. */
    @Override
    public void close() {
        try {
            if (queue.offer(END, CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                thread.join(CLOSE_WAIT_MILLIS);
            }
        } catch (InterruptedException ignored) { // ending anyway
            Thread.currentThread().interrupt();
        }
    }
}

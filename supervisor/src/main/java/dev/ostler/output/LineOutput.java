package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/** An output stream that hands on whole lines, each with its newline. Any thread. */
final class LineOutput extends OutputStream {
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private final Consumer<byte[]> sink;

    LineOutput(Consumer<byte[]> sink) {
        this.sink = sink;
    }

    @Override
    public synchronized void write(int b) {
        held.write(b);
        if (b == '\n') {
            sink.accept(held.toByteArray());
            held.reset();
        }
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
        int start = offset;
        for (int i = offset; i < offset + length; i++) {
            if (bytes[i] == '\n') {
                held.write(bytes, start, i + 1 - start);
                start = i + 1;
                sink.accept(held.toByteArray());
                held.reset();
            }
        }
        held.write(bytes, start, offset + length - start);
    }
}

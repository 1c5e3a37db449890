package dev.ostler.output;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.function.Consumer;

/** An output stream that hands on whole lines with their newlines: all that have come together, together. Any thread. */
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
        int whole = length;
        while (whole > 0 && bytes[offset + whole - 1] != '\n') {
            whole--;
        }
        if (whole > 0) {
            held.write(bytes, offset, whole);
            sink.accept(held.toByteArray());
            held.reset();
        }
        held.write(bytes, offset + whole, length - whole);
    }
}

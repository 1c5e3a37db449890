package dev.ostler.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A growing little-endian buffer that writes op arguments. One thread. */
final class ByteSink implements Op.ArgumentSink {
    private static final int INITIAL_BYTES = 1024;

    private byte[] bytes = new byte[INITIAL_BYTES];
    private int size;

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    void u16(int value) {
        little(value, Short.BYTES);
    }

    void u32(long value) {
        little(value, Integer.BYTES);
    }

    void u64(long value) {
        little(value, Long.BYTES);
    }

    void append(ByteSink other) {
        reserve(other.size);
        System.arraycopy(other.bytes, 0, bytes, size, other.size);
        size += other.size;
    }

    @Override
    public void unsigned(long value) {
        u64(value);
    }

    @Override
    public void signed(long value) {
        u64(value);
    }

    @Override
    public void string(String value) {
        byte[] text = value.getBytes(StandardCharsets.UTF_8);
        u32(text.length);
        reserve(text.length + 1);
        System.arraycopy(text, 0, bytes, size, text.length);
        size += text.length;
        bytes[size++] = 0;
    }

    @Override
    public void strings(List<String> values) {
        u32(values.size());
        values.forEach(this::string);
    }

    @Override
    public void numbers(List<Long> values) {
        u32(values.size());
        values.forEach(this::u64);
    }

    private void little(long value, int width) {
        reserve(width);
        for (int i = 0; i < width; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}

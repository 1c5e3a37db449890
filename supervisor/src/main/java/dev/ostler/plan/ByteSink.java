package dev.ostler.plan;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** A growing little-endian buffer that writes op arguments. One thread. */
final class ByteSink implements Op.ArgumentSink {
    private static final int INITIAL_BYTES = 1024;

    private byte[] bytes;
    private int size;

    ByteSink() {
        this(INITIAL_BYTES);
    }

    ByteSink(int initialBytes) {
        bytes = new byte[initialBytes];
    }

    int size() {
        return size;
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    /** Zeros, for what is known only later. */
    void skip(int count) {
        reserve(count);
        size += count;
    }

    void overwrite(int at, ByteSink other) {
        System.arraycopy(other.bytes, 0, bytes, at, other.size);
    }

    void overwriteU32(int at, int value) {
        little(at, value);
    }

    void u16(int value) {
        reserve(Short.BYTES);
        bytes[size++] = (byte) value;
        bytes[size++] = (byte) (value >>> 8);
    }

    void u32(long value) {
        reserve(Integer.BYTES);
        little(size, (int) value);
        size += Integer.BYTES;
    }

    void u64(long value) {
        reserve(Long.BYTES);
        little(size, (int) value);
        little(size + Integer.BYTES, (int) (value >>> 32));
        size += Long.BYTES;
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
        for (String value : values) {
            string(value);
        }
    }

    @Override
    public void numbers(List<Long> values) {
        u32(values.size());
        for (long value : values) {
            u64(value);
        }
    }

    private void little(int at, int value) {
        bytes[at] = (byte) value;
        bytes[at + 1] = (byte) (value >>> 8);
        bytes[at + 2] = (byte) (value >>> 16);
        bytes[at + 3] = (byte) (value >>> 24);
    }

    private void reserve(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}

package dev.ostler.supervise;

import java.util.Arrays;

/**
 * Bytes that become a state record, numbers big-endian as {@link java.io.DataInputStream} reads them. Written out, as a status is
 * stored with each step of a service. One thread.
 */
final class RecordBytes {
    private byte[] bytes = new byte[512];
    private int length;

    private int room(int more) {
        int at = length;
        length += more;
        if (length > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(length, bytes.length * 2));
        }
        return at;
    }

    void putByte(int value) {
        int at = room(1); // which may replace the array
        bytes[at] = (byte) value;
    }

    void putBoolean(boolean value) {
        putByte(value ? 1 : 0);
    }

    void putShort(int value) {
        int at = room(2);
        bytes[at] = (byte) (value >>> 8);
        bytes[at + 1] = (byte) value;
    }

    void putInt(int value) {
        int at = room(4);
        byte[] to = bytes;
        to[at] = (byte) (value >>> 24);
        to[at + 1] = (byte) (value >>> 16);
        to[at + 2] = (byte) (value >>> 8);
        to[at + 3] = (byte) value;
    }

    void putLong(long value) {
        putInt((int) (value >>> Integer.SIZE));
        putInt((int) value);
    }

    void putDouble(double value) {
        putLong(Double.doubleToLongBits(value));
    }

    /** The first {@code count} of them. */
    void put(byte[] more, int count) {
        int at = room(count);
        System.arraycopy(more, 0, bytes, at, count);
    }

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, length);
    }
}

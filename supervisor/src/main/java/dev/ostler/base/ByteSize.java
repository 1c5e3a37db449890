package dev.ostler.base;

/** A size in bytes. */
public record ByteSize(long bytes) {
    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("size " + bytes);
        }
    }

    /** Shortest exact form: {@code 64k}, {@code 16m}, {@code 1000}. */
    @Override
    public String toString() {
        String units = "kmgt";
        long value = bytes;
        int unit = -1;
        while (value != 0 && value % 1024 == 0 && unit < units.length() - 1) {
            value /= 1024;
            unit++;
        }
        return unit < 0 ? Long.toString(value) : value + String.valueOf(units.charAt(unit));
    }
}

package dev.ostler.plan;

import dev.ostler.base.Origin;
import java.util.List;

/** Counts what op arguments take at most: UTF-8 has three bytes for a char. One thread. */
final class SizeSink implements Op.ArgumentSink {
    private static final int MOST_OF_A_CHAR = 3;

    /** A length and a NUL. */
    private static final int AROUND_A_STRING = Integer.BYTES + 1;

    /** Its place, with all that stands between the file, line, column and key. */
    private static final int MOST_OF_A_PLACE = 64;

    private long size;

    long size() {
        return size;
    }

    void bytes(int count) {
        size += count;
    }

    void origin(Origin origin) {
        size += AROUND_A_STRING
                + MOST_OF_A_PLACE
                + MOST_OF_A_CHAR * ((long) origin.file().length() + origin.key().length());
    }

    @Override
    public void unsigned(long value) {
        size += Long.BYTES;
    }

    @Override
    public void signed(long value) {
        size += Long.BYTES;
    }

    @Override
    public void string(String value) {
        size += AROUND_A_STRING + MOST_OF_A_CHAR * (long) value.length();
    }

    @Override
    public void strings(List<String> values) {
        size += Integer.BYTES;
        for (String value : values) {
            string(value);
        }
    }

    @Override
    public void numbers(List<Long> values) {
        size += Integer.BYTES + Long.BYTES * (long) values.size();
    }
}

package dev.ostler.yaml;

import dev.ostler.base.ByteSize;

/** Sizes: a whole number of bytes, or one with {@code k}, {@code m}, {@code g} or {@code t} (powers of 1024). */
final class Sizes {
    private static final String UNITS = "kmgt";

    /** 18 digits always fit into a long. */
    private static final int MOST_DIGITS = 18;

    private Sizes() {}

    static ByteSize parse(String text) throws BadValue {
        int digits = 0;
        while (digits < text.length() && Scalars.isDigit(text.charAt(digits))) {
            digits++;
        }
        int shift = 0;
        if (digits == text.length() - 1) {
            shift = 10 * (1 + UNITS.indexOf(Character.toLowerCase(text.charAt(digits))));
        }
        if (digits == 0 || digits < text.length() && shift == 0) {
            throw new BadValue("\"" + text + "\" is not a size; write 4096, 64k, 512m or 2g");
        }
        long number = digits > MOST_DIGITS ? Long.MAX_VALUE : Long.parseLong(text.substring(0, digits));
        if (number > Long.MAX_VALUE >> shift) {
            throw new BadValue("\"" + text + "\" is too large a size");
        }
        return new ByteSize(number << shift);
    }

    static ByteSize parsePositive(String text) throws BadValue {
        ByteSize size = parse(text);
        if (size.bytes() == 0) {
            throw new BadValue("\"" + text + "\" is too small; at least 1 byte");
        }
        return size;
    }
}

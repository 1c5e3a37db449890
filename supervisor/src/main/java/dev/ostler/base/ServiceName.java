package dev.ostler.base;

import java.util.regex.Pattern;

/** Name of a service: 1 to 63 characters, ASCII letters, digits, {@code . _ @ -}, starting with a letter or digit. */
public record ServiceName(String value) implements Comparable<ServiceName> {
    /** The protocol with the keeper reserves 64 bytes, the last one NUL. */
    public static final int MAX_LENGTH = 63;

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");

    public ServiceName {
        if (!isValid(value)) {
            throw new IllegalArgumentException("invalid service name \"" + value + "\"");
        }
    }

    public static boolean isValid(String value) {
        return VALID.matcher(value).matches();
    }

    @Override
    public int compareTo(ServiceName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

package dev.ostler.base;

import java.util.regex.Pattern;

/** Name of a service: 1 to 63 characters, ASCII letters, digits, {@code . _ @ -}, starting with a letter or digit. */
public record ServiceName(String value) implements Comparable<ServiceName> {
    /** The protocol with the keeper reserves 64 bytes, the last one NUL. */
    public static final int MAX_LENGTH = 63;

    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._@-]{0,62}");
    private static final Pattern OF_A_COMMAND = Pattern.compile("\\+[A-Za-z0-9._@-]{1,62}");
    private static final int HASH_LENGTH = 8;

    public ServiceName {
        if (!isValid(value) && !OF_A_COMMAND.matcher(value).matches()) {
            throw new IllegalArgumentException("invalid service name \"" + value + "\"");
        }
    }

    public static boolean isValid(String value) {
        return VALID.matcher(value).matches();
    }

    /** Under which the keeper runs the commands beside a service: no service can have it. */
    public static ServiceName ofCommand(ServiceName service) {
        String name = service.value();
        if (name.length() == MAX_LENGTH) {
            name = name.substring(0, MAX_LENGTH - 1 - HASH_LENGTH) + String.format("%08x", name.hashCode());
        }
        return new ServiceName("+" + name);
    }

    /** Whether it is one of {@link #ofCommand}. */
    public boolean isOfCommand() {
        return !isValid(value);
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

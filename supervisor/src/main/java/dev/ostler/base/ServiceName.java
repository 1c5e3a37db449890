package dev.ostler.base;

/** Name of a service: 1 to 63 characters, ASCII letters, digits, {@code . _ @ -}, starting with a letter or digit. */
public record ServiceName(String value) implements Comparable<ServiceName> {
    /** The protocol with the keeper reserves 64 bytes, the last one NUL. */
    public static final int MAX_LENGTH = 63;

    private static final char COMMAND = '+';
    private static final int HASH_LENGTH = 8;

    public ServiceName {
        if (!isValid(value) && !isValidOfCommand(value)) {
            throw new IllegalArgumentException("invalid service name \"" + value + "\"");
        }
    }

    public static boolean isValid(String value) {
        return !value.isEmpty() && isLetterOrDigit(value.charAt(0)) && isInside(value);
    }

    private static boolean isValidOfCommand(String value) {
        return value.length() > 1 && value.charAt(0) == COMMAND && isInside(value);
    }

    /** All but the first character. By hand, as each event of a run has a name. */
    private static boolean isInside(String value) {
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (!isLetterOrDigit(c) && c != '.' && c != '_' && c != '@' && c != '-') {
                return false;
            }
        }
        return value.length() <= MAX_LENGTH;
    }

    private static boolean isLetterOrDigit(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z';
    }

    /** Under which the keeper runs the commands beside a service: no service can have it. */
    public static ServiceName ofCommand(ServiceName service) {
        String name = service.value();
        if (name.length() == MAX_LENGTH) {
            name = name.substring(0, MAX_LENGTH - 1 - HASH_LENGTH) + String.format("%08x", name.hashCode());
        }
        return new ServiceName(COMMAND + name);
    }

    /** Whether it is one of {@link #ofCommand}. */
    public boolean isOfCommand() {
        return value.charAt(0) == COMMAND;
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

package dev.ostler.base;

/** Name of a group of services; the characters of a {@link ServiceName}. On a command line {@code @} stands in front. */
public record GroupName(String value) {
    public GroupName {
        if (!ServiceName.isValid(value)) {
            throw new IllegalArgumentException("invalid group name \"" + value + "\"");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}

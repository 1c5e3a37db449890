package dev.ostler.base;

import java.util.Optional;

/** An address and how many of its bits tell the network, {@code 10.1.0.2/24}. Immutable. */
public record IpPrefix(IpAddress address, int length) {
    private static final int MOST_DIGITS = 3;

    /** Nothing when the text is none, or the length more than the address has bits. */
    public static Optional<IpPrefix> parse(String text) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        boolean number = !length.isEmpty()
                && length.length() <= MOST_DIGITS
                && length.chars().allMatch(c -> c >= '0' && c <= '9');
        if (slash < 0 || !number) {
            return Optional.empty();
        }
        return IpAddress.parse(text.substring(0, slash))
                .map(address -> new IpPrefix(address, Integer.parseInt(length)))
                .filter(prefix -> prefix.length() <= prefix.address().bits());
    }

    @Override
    public String toString() {
        return address + "/" + length;
    }
}

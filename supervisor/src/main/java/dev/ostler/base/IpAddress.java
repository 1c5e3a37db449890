package dev.ostler.base;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A numeric IP address as it was written; never a name, so nothing is ever looked up. Immutable.
 *
 * @param bits 32 or 128
 */
public record IpAddress(String text, int bits) {
    private static final int GROUPS = 8;
    private static final Pattern DOTTED = Pattern.compile("((25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)(\\.(?!$)|$)){4}");
    private static final Pattern GROUP = Pattern.compile("[0-9a-fA-F]{1,4}");

    /** {@code 10.1.0.2} or {@code fd00::2}; nothing when the text is neither. */
    public static Optional<IpAddress> parse(String text) {
        if (DOTTED.matcher(text).matches()) {
            return Optional.of(new IpAddress(text, 32));
        }
        return isColoned(text) ? Optional.of(new IpAddress(text, 128)) : Optional.empty();
    }

    /** Eight groups, or fewer with one gap. */
    private static boolean isColoned(String text) {
        int gap = text.indexOf("::");
        if (gap < 0) {
            return groups(text) == GROUPS;
        }
        int before = gap == 0 ? 0 : groups(text.substring(0, gap));
        int after = gap + 2 == text.length() ? 0 : groups(text.substring(gap + 2));
        return before >= 0 && after >= 0 && before + after < GROUPS;
    }

    /** How many, or -1 when one of them is none. */
    private static int groups(String text) {
        String[] groups = text.split(":", -1);
        for (String group : groups) {
            if (!GROUP.matcher(group).matches()) {
                return -1;
            }
        }
        return groups.length <= GROUPS ? groups.length : -1;
    }

    @Override
    public String toString() {
        return text;
    }
}

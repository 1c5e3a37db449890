package dev.ostler.plan;

import dev.ostler.linux.Capabilities;
import dev.ostler.spec.UlimitSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** How numbers of a plan read as words, and back. */
final class PlanWords {
    static final int CAP_SETGID = 6;
    static final int CAP_SETUID = 7;
    static final int CAP_SETPCAP = 8;
    static final int CAP_NET_ADMIN = 12;
    static final int CAP_SYS_ADMIN = 21;
    static final int CAP_SYS_NICE = 23;
    static final int CAP_SYS_RESOURCE = 24;
    static final int CAP_SETFCAP = 31;

    /** Largest usable id: 2^32 - 1 means "leave as it is" to setresuid(2). */
    static final long MAX_ID = 0xfffffffeL;

    private PlanWords() {}

    /** {@code CAP_SETUID}. */
    static String capability(int number) {
        return "CAP_" + Capabilities.name(number);
    }

    /** {@code KILL,NET_BIND_SERVICE}; {@code none}. */
    static String capabilities(long mask) {
        return mask == 0 ? "none" : String.join(",", Capabilities.names(mask));
    }

    static String securebits(int bits) {
        String names = Arrays.stream(SecureBit.values())
                .filter(bit -> (bits & bit.mask()) != 0)
                .map(SecureBit::key)
                .collect(Collectors.joining(","));
        return names.isEmpty() ? "none" : names;
    }

    static String limit(long value) {
        return value == UlimitSpec.INFINITY ? "unlimited" : Long.toUnsignedString(value);
    }

    /** {@code 0-3,8}. */
    static String cpus(List<Integer> ascending) {
        List<String> ranges = new ArrayList<>();
        int start = 0;
        for (int i = 1; i <= ascending.size(); i++) {
            if (i == ascending.size() || ascending.get(i) != ascending.get(i - 1) + 1) {
                int first = ascending.get(start);
                int last = ascending.get(i - 1);
                ranges.add(first == last ? Integer.toString(first) : first + "-" + last);
                start = i;
            }
        }
        return String.join(",", ranges);
    }

    static List<Integer> without(List<Integer> numbers, List<Integer> others) {
        return numbers.stream().filter(number -> !others.contains(number)).toList();
    }

    static String joined(List<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** A user or group id, when the text is one. */
    static Optional<Long> id(String text) {
        if (text.isEmpty() || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return Optional.empty();
        }
        try {
            long id = Long.parseLong(text);
            return id <= MAX_ID ? Optional.of(id) : Optional.empty();
        } catch (NumberFormatException ignored) { // more digits than any id has
            return Optional.empty();
        }
    }

    /** In double quotes, on one line whatever it holds. */
    static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            switch (c) {
                case '"', '\\' -> quoted.append('\\').append(c);
                case '\n' -> quoted.append("\\n");
                case '\t' -> quoted.append("\\t");
                default -> quoted.append(c < ' ' || c == 0x7f ? String.format("\\x%02x", (int) c) : String.valueOf(c));
            }
        }
        return quoted.append('"').toString();
    }

    static String quotedList(List<String> texts) {
        return texts.stream().map(PlanWords::quoted).collect(Collectors.joining(", ", "[", "]"));
    }
}

package dev.ostler.base;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Named groups of system calls, from {@code syscall-groups.txt}. Read with the first look-up; immutable, any thread. */
public final class SyscallGroups {
    /** Every call that is known. */
    public static final String KNOWN = "@known";

    private static final Pattern CONDITIONAL =
            Pattern.compile("([a-z0-9_]+)\\[([0-5])&(0x[0-9a-f]+)=(0x[0-9a-f]+|[0-9]+)]");

    /**
     * A call of a group.
     *
     * @param mask of the bits that must be {@code value} in argument {@code index}; 0 = whatever the arguments are
     */
    public record Member(String call, int index, long mask, long value) {}

    private static final Map<String, List<String>> GROUPS = read();

    private SyscallGroups() {}

    private static Map<String, List<String>> read() {
        Map<String, List<String>> groups = new LinkedHashMap<>();
        List<String> members = new ArrayList<>();
        for (String line : Resource.lines("syscall-groups.txt")) {
            if (line.startsWith("@")) {
                members = new ArrayList<>();
                groups.put(line.split(" ")[0], members);
            } else {
                members.addAll(List.of(line.strip().split(" +")));
            }
        }
        groups.put(KNOWN, List.copyOf(Syscalls.names()));
        return groups;
    }

    /** With the {@code @} in front. */
    public static SortedSet<String> names() {
        return new TreeSet<>(GROUPS.keySet());
    }

    /** All calls of a group and of the groups in it. {@link IllegalArgumentException} when there is no such group. */
    public static Set<Member> members(String group) {
        Set<Member> members = new LinkedHashSet<>();
        collect(group, members, new TreeSet<>());
        return members;
    }

    private static void collect(String group, Set<Member> into, Set<String> seen) {
        if (!seen.add(group)) {
            return;
        }
        List<String> lines = GROUPS.get(group);
        if (lines == null) {
            throw new IllegalArgumentException("no group " + group);
        }
        for (String entry : lines) {
            if (entry.startsWith("@")) {
                collect(entry, into, seen);
            } else {
                into.add(member(entry));
            }
        }
    }

    private static Member member(String entry) {
        if (entry.indexOf('[') < 0) {
            return new Member(entry, 0, 0, 0);
        }
        Matcher conditional = CONDITIONAL.matcher(entry);
        if (!conditional.matches()) {
            throw new IllegalArgumentException("no member of a group: " + entry);
        }
        return new Member(
                conditional.group(1),
                Integer.parseInt(conditional.group(2)),
                Long.decode(conditional.group(3)),
                Long.decode(conditional.group(4)));
    }
}

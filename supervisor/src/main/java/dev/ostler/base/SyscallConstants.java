package dev.ostler.base;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Values of arguments by name, from {@code syscall-constants.txt}. Read with the first look-up; immutable, any thread. */
public final class SyscallConstants {
    private static final SortedMap<String, Long> VALUES = read();

    private SyscallConstants() {}

    private static SortedMap<String, Long> read() {
        SortedMap<String, Long> values = new TreeMap<>();
        for (String line : Resource.lines("syscall-constants.txt")) {
            String[] fields = line.split(" ");
            values.put(fields[0], Long.decode(fields[1]));
        }
        return values;
    }

    public static SortedMap<String, Long> all() {
        return new TreeMap<>(VALUES);
    }

    public static Optional<Long> value(String name) {
        return Optional.ofNullable(VALUES.get(name));
    }
}

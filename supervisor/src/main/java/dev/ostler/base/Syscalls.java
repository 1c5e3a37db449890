package dev.ostler.base;

import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The system calls by name, from {@code syscalls.tsv}: their numbers and the width of their arguments. Read with the first
 * look-up; immutable, any thread.
 */
public final class Syscalls {
    /** Arguments a system call can have. */
    public static final int ARGUMENTS = 6;

    private record Row(OptionalInt x8664, OptionalInt aarch64, String widths) {}

    private static final SortedMap<String, Row> ROWS = read();

    private Syscalls() {}

    private static SortedMap<String, Row> read() {
        SortedMap<String, Row> rows = new TreeMap<>();
        for (String line : Resource.lines("syscalls.tsv")) {
            String[] fields = line.split("\t", -1);
            rows.put(fields[0], new Row(number(fields[1]), number(fields[2]), fields[3]));
        }
        return rows;
    }

    private static OptionalInt number(String field) {
        return field.equals("-") ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(field));
    }

    /** Every name, also those that only 32-bit programs have. */
    public static Set<String> names() {
        return ROWS.keySet();
    }

    /** Empty when the name is unknown, or when this architecture does not have the call. */
    public static OptionalInt number(Machine machine, String name) {
        Row row = ROWS.get(name);
        if (row == null) {
            return OptionalInt.empty();
        }
        return machine == Machine.X86_64 ? row.x8664 : row.aarch64;
    }

    /** The calls of an architecture by number. */
    public static SortedMap<Integer, String> numbers(Machine machine) {
        SortedMap<Integer, String> numbers = new TreeMap<>();
        for (Map.Entry<String, Row> row : ROWS.entrySet()) {
            number(machine, row.getKey()).ifPresent(number -> numbers.put(number, row.getKey()));
        }
        return numbers;
    }

    /**
     * How many bits of an argument the kernel looks at: 16, 32 or 64. A filter must look at no more, since a program may
     * put anything into the others; 64 when it is not known.
     *
     * @param index 0 to 5
     */
    public static int width(String name, int index) {
        Row row = ROWS.get(name);
        if (row == null || row.widths.equals("-") || index >= row.widths.length()) {
            return Long.SIZE;
        }
        return switch (row.widths.charAt(index)) {
            case 'i' -> Integer.SIZE;
            case 'h' -> Short.SIZE;
            default -> Long.SIZE;
        };
    }
}

package dev.ostler.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The descriptors a process starts with; it gets these and no others. */
public record Descriptors(List<Entry> entries) {
    /** File type bits of st_mode (inode(7)): a pipe. */
    public static final int S_IFIFO = 0010000;

    /** The same: a socket. */
    public static final int S_IFSOCK = 0140000;

    /** One message carries at most 253 descriptors (SCM_MAX_FD); the rest is for the plan and the cgroup. */
    public static final int MAX_PASSED = 200;

    private static final int NUMBERS_PER_ENTRY = 4;

    private static final Descriptors SUPERVISED = new Descriptors(List.of(
            new Entry(0, Source.NULL, 0, 0),
            new Entry(1, Source.PASSED, 0, S_IFIFO),
            new Entry(2, Source.PASSED, 1, S_IFIFO)));
    private static final List<Long> NUMBERS_OF_SUPERVISED = List.copyOf(SUPERVISED.quads());

    public Descriptors {
        entries = List.copyOf(entries);
        Set<Integer> targets = new HashSet<>();
        for (Entry entry : entries) {
            if (!targets.add(entry.target())) {
                throw new IllegalArgumentException("descriptor " + entry.target() + " is placed twice");
            }
        }
    }

    /** Where a descriptor comes from; the ordinal is the number on the wire. */
    public enum Source {
        /** One of those that came with the plan, by its position. */
        PASSED,
        /** One the launcher has itself, by number. */
        OWN,
        /** /dev/null, opened by the launcher. */
        NULL
    }

    /**
     * One descriptor.
     *
     * @param target its number in the service
     * @param value which one of the source; 0 for {@link Source#NULL}
     * @param fileType S_IFMT bits it must have, 0 = any
     */
    public record Entry(int target, Source source, int value, int fileType) {
        public Entry {
            if (target < 0 || value < 0) {
                throw new IllegalArgumentException("descriptor " + target + " from " + value);
            }
        }

        @Override
        public String toString() {
            return switch (source) {
                case PASSED -> target + "=passed[" + value + "]" + type();
                case OWN -> target + "=own(" + value + ")";
                case NULL -> target + "=/dev/null";
            };
        }

        private String type() {
            return fileType == S_IFIFO ? "(pipe)" : fileType == S_IFSOCK ? "(socket)" : "";
        }
    }

    /** Input from /dev/null; stdout and stderr are passed descriptors 0 and 1, which must be pipes. */
    public static Descriptors supervised() {
        return SUPERVISED;
    }

    /** 0, 1 and 2 of whoever runs the plan file. */
    public static Descriptors inherited() {
        return new Descriptors(List.of(
                new Entry(0, Source.OWN, 0, 0), new Entry(1, Source.OWN, 1, 0), new Entry(2, Source.OWN, 2, 0)));
    }

    /** The same without these targets. */
    Descriptors without(Set<Integer> targets) {
        return new Descriptors(entries.stream()
                .filter(entry -> !targets.contains(entry.target()))
                .toList());
    }

    /** How many descriptors must come with the plan. */
    public int passed() {
        int passed = 0;
        for (Entry entry : entries) {
            if (entry.source() == Source.PASSED) {
                passed = Math.max(passed, entry.value() + 1);
            }
        }
        return passed;
    }

    boolean has(Source source) {
        for (Entry entry : entries) {
            if (entry.source() == source) {
                return true;
            }
        }
        return false;
    }

    /** The quads of the FDS op. */
    List<Long> numbers() {
        return this == SUPERVISED ? NUMBERS_OF_SUPERVISED : quads();
    }

    private List<Long> quads() {
        List<Long> numbers = new ArrayList<>(entries.size() * NUMBERS_PER_ENTRY);
        for (Entry entry : entries) {
            numbers.add((long) entry.target());
            numbers.add((long) entry.source().ordinal());
            numbers.add((long) entry.value());
            numbers.add((long) entry.fileType());
        }
        return numbers;
    }

    /** Throws {@link IllegalArgumentException} when these are no quads of the FDS op. */
    static Descriptors ofNumbers(List<Long> numbers) {
        if (numbers.size() % NUMBERS_PER_ENTRY != 0) {
            throw new IllegalArgumentException(numbers.size() + " numbers are no list of descriptors");
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += NUMBERS_PER_ENTRY) {
            int source = Math.toIntExact(numbers.get(i + 1));
            if (source < 0 || source >= Source.values().length) {
                throw new IllegalArgumentException("descriptor source " + source);
            }
            entries.add(new Entry(
                    Math.toIntExact(numbers.get(i)),
                    Source.values()[source],
                    Math.toIntExact(numbers.get(i + 2)),
                    Math.toIntExact(numbers.get(i + 3))));
        }
        return new Descriptors(entries);
    }

    /** {@code 0=/dev/null 1=passed[0](pipe) 2=passed[1](pipe)}. */
    @Override
    public String toString() {
        return entries.stream().map(Entry::toString).collect(Collectors.joining(" "));
    }
}

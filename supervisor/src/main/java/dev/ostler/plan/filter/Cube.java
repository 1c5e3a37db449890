package dev.ostler.plan.filter;

import dev.ostler.base.Syscalls;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Arguments of a system call in which some bits have given values: {@code (argument & mask) == value} for each of the six.
 * This is what libseccomp compares (SCMP_CMP_MASKED_EQ), once for each argument. Immutable.
 */
final class Cube {
    static final Cube ALL = new Cube(new long[Syscalls.ARGUMENTS], new long[Syscalls.ARGUMENTS]);

    private final long[] masks;
    private final long[] values;

    private Cube(long[] masks, long[] values) {
        this.masks = masks;
        this.values = values;
    }

    /** Only one argument counts; bits of {@code value} outside of {@code mask} are ignored. */
    static Cube of(int index, long mask, long value) {
        return ALL.with(index, mask, value & mask);
    }

    long mask(int index) {
        return masks[index];
    }

    long value(int index) {
        return values[index];
    }

    boolean isAll() {
        return Arrays.stream(masks).allMatch(mask -> mask == 0);
    }

    /** What is in both; empty when nothing is. */
    Optional<Cube> and(Cube other) {
        long[] bothMasks = new long[Syscalls.ARGUMENTS];
        long[] bothValues = new long[Syscalls.ARGUMENTS];
        for (int i = 0; i < Syscalls.ARGUMENTS; i++) {
            if (((values[i] ^ other.values[i]) & masks[i] & other.masks[i]) != 0) {
                return Optional.empty();
            }
            bothMasks[i] = masks[i] | other.masks[i];
            bothValues[i] = values[i] | other.values[i];
        }
        return Optional.of(new Cube(bothMasks, bothValues));
    }

    /** What is in this one and not in the other, in pieces that do not overlap: one for each bit that only the other fixes. */
    List<Cube> minus(Cube other) {
        if (and(other).isEmpty()) {
            return List.of(this);
        }
        List<Cube> pieces = new ArrayList<>();
        Cube rest = this;
        for (int i = 0; i < Syscalls.ARGUMENTS; i++) {
            long bits = other.masks[i] & ~masks[i];
            while (bits != 0) {
                long bit = Long.highestOneBit(bits);
                bits &= ~bit;
                pieces.add(rest.with(i, bit, ~other.values[i] & bit));
                rest = rest.with(i, bit, other.values[i] & bit);
            }
        }
        return pieces;
    }

    private Cube with(int index, long mask, long value) {
        long[] newMasks = masks.clone();
        long[] newValues = values.clone();
        newMasks[index] |= mask;
        newValues[index] |= value;
        return new Cube(newMasks, newValues);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Cube cube && Arrays.equals(masks, cube.masks) && Arrays.equals(values, cube.values);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(masks) + Arrays.hashCode(values);
    }
}

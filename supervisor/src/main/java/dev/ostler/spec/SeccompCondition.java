package dev.ostler.spec;

import java.util.List;

/**
 * What an argument of a system call must be. Comparisons are of unsigned numbers, of as many bits as the kernel looks at.
 *
 * @param index 0 to 5
 * @param mask for {@link Operator#MASKED_EQ} alone
 * @param values one, or several for {@link Operator#IN}
 */
public record SeccompCondition(int index, Operator operator, long mask, List<Long> values) {
    /** How the argument is compared. */
    public enum Operator {
        EQ,
        NE,
        LT,
        LE,
        GT,
        GE,
        /** {@code (argument & mask) == value}. */
        MASKED_EQ,
        /** Equal to one of the values. */
        IN
    }

    public SeccompCondition {
        values = List.copyOf(values);
    }
}

package dev.ostler.plan.filter;

import dev.ostler.base.Syscalls;
import dev.ostler.spec.SeccompCondition;
import java.util.List;

/**
 * Turns comparisons into regions. Comparisons are of as many bits as the kernel takes of the argument: it ignores the rest,
 * so a filter that looked at the rest could be deceived with it.
 */
final class Conditions {
    private Conditions() {}

    /** Where all conditions hold. */
    static Region region(String call, List<SeccompCondition> conditions) {
        Region region = Region.ALL;
        for (SeccompCondition condition : conditions) {
            region = region.and(region(Syscalls.width(call, condition.index()), condition));
        }
        return region;
    }

    private static Region region(int width, SeccompCondition condition) {
        int index = condition.index();
        long value = condition.values().get(0);
        return switch (condition.operator()) {
            case EQ -> equal(index, width, value);
            case NE -> Region.ALL.minus(equal(index, width, value));
            case LT -> below(index, width, value);
            case LE -> below(index, width, value).or(equal(index, width, value));
            case GT -> Region.ALL.minus(below(index, width, value)).minus(equal(index, width, value));
            case GE -> Region.ALL.minus(below(index, width, value));
            case MASKED_EQ -> masked(index, condition.mask() & ones(width), value & ones(width));
            case IN -> {
                Region any = Region.NONE;
                for (long each : condition.values()) {
                    any = any.or(equal(index, width, each));
                }
                yield any;
            }
        };
    }

    private static Region equal(int index, int width, long value) {
        return Region.of(Cube.of(index, ones(width), value));
    }

    private static Region masked(int index, long mask, long value) {
        return (value & ~mask) == 0 ? Region.of(Cube.of(index, mask, value)) : Region.NONE;
    }

    /** For each bit that is set in the bound: all that have it clear, and the bits above it as in the bound. */
    private static Region below(int index, int width, long bound) {
        Region region = Region.NONE;
        long above = 0;
        for (long bit = 1L << width - 1; bit != 0; bit >>>= 1) {
            if ((bound & bit) != 0) {
                region = region.or(Region.of(Cube.of(index, above | bit, bound & above)));
            }
            above |= bit;
        }
        return region;
    }

    private static long ones(int width) {
        return -1L >>> Long.SIZE - width;
    }
}

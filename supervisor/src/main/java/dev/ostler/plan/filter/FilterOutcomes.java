package dev.ostler.plan.filter;

import dev.ostler.base.Machine;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a program may answer to a call, whatever its arguments are: follows both ways of every comparison of an argument.
 * Knows the instructions that filters are made of here; {@link IllegalArgumentException} for any other.
 */
public final class FilterOutcomes {
    private static final int LOAD = 0x20;
    private static final int AND = 0x54;
    private static final int JUMP = 0x05;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int JUMP_IF_NOT_LESS = 0x35;
    private static final int RETURN = 0x06;

    /** The accumulator: a number, or -1 when it comes from an argument. */
    private record State(int at, long accumulator) {}

    private static final long UNKNOWN = -1;

    private final List<Long> program;
    private final Machine machine;
    private final long call;
    private final Set<State> seen = new HashSet<>();
    private final Set<Long> outcomes = new TreeSet<>();

    private FilterOutcomes(List<Long> program, Machine machine, long call) {
        this.program = program;
        this.machine = machine;
        this.call = call;
    }

    /**
     * Every value the program may return, SECCOMP_RET_* with its data.
     *
     * @param call unsigned 32 bits
     */
    public static Set<Long> of(List<Long> program, Machine machine, long call) {
        FilterOutcomes outcomes = new FilterOutcomes(program, machine, call);
        outcomes.follow(0, 0);
        return outcomes.outcomes;
    }

    private void follow(int start, long accumulatorAtStart) {
        int at = start;
        long accumulator = accumulatorAtStart;
        while (seen.add(new State(at, accumulator))) {
            if (at >= program.size()) {
                throw new IllegalArgumentException("the filter ends without an answer");
            }
            long instruction = program.get(at);
            long operand = instruction >>> 32;
            switch ((int) instruction & 0xffff) {
                case LOAD -> accumulator = load(operand);
                case AND -> accumulator = accumulator == UNKNOWN ? UNKNOWN : accumulator & operand;
                case RETURN -> {
                    outcomes.add(operand);
                    return;
                }
                case JUMP -> at += (int) operand;
                default -> at += branch(at, instruction, accumulator);
            }
            at++;
        }
    }

    private long load(long offset) {
        if (offset == 0) {
            return call;
        }
        return offset == Integer.BYTES ? machine.audit() : UNKNOWN;
    }

    /** How far to jump; both ways when nobody knows, the second one by itself. */
    private int branch(int at, long instruction, long accumulator) {
        long operand = instruction >>> 32;
        int ifTrue = (int) (instruction >>> 16 & 0xff);
        int ifFalse = (int) (instruction >>> 24 & 0xff);
        boolean holds =
                switch ((int) instruction & 0xffff) {
                    case JUMP_IF_EQUAL -> accumulator == operand;
                    case JUMP_IF_GREATER -> accumulator > operand;
                    case JUMP_IF_NOT_LESS -> accumulator >= operand;
                    default ->
                        throw new IllegalArgumentException(
                                String.format("unknown instruction 0x%x", instruction & 0xffff));
                };
        if (accumulator == UNKNOWN) {
            follow(at + 1 + ifFalse, accumulator);
            return ifTrue;
        }
        return holds ? ifTrue : ifFalse;
    }
}

package dev.ostler.plan.filter;

import dev.ostler.base.Machine;
import dev.ostler.base.Syscalls;
import dev.ostler.linux.Libseccomp;
import dev.ostler.linux.Libseccomp.Comparison;
import dev.ostler.linux.Libseccomp.Rule;
import dev.ostler.spec.SeccompAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From rules to instructions.
 *
 * <p>Where all that is not allowed is refused, a few instructions stand before those of libseccomp: they kill what comes by
 * another architecture or ABI, and answer ENOSYS to numbers that this version knows no call for. A program that tries a
 * call of a later kernel then does without, while what is known and not allowed gets the action that was asked for. This
 * is the same as a rule of its own for every known call that is not allowed, in fewer instructions.
 */
public final class FilterProgram {
    /** BPF_MAXINSNS of linux/bpf_common.h. */
    public static final int MAX_INSTRUCTIONS = 4096;

    static final int RET_KILL_PROCESS = 0x80000000;
    private static final int RET_KILL_THREAD = 0;
    private static final int RET_TRAP = 0x00030000;
    static final int RET_ERRNO = 0x00050000;
    private static final int RET_LOG = 0x7ffc0000;
    static final int RET_ALLOW = 0x7fff0000;

    /** Codes of linux/bpf_common.h, and where struct seccomp_data has what. */
    static final int LOAD = 0x20;

    static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int JUMP_IF_NOT_LESS = 0x35;
    static final int RETURN = 0x06;
    static final int DATA_NUMBER = 0;
    static final int DATA_ARCHITECTURE = 4;

    private FilterProgram() {}

    /** {@link TooManyComparisonsException} when it has more than {@link #MAX_INSTRUCTIONS}. */
    public static List<Long> of(FilterRules rules, Libseccomp library) {
        int base = rules.base().map(FilterProgram::code).orElse(RET_ALLOW);
        List<Rule> list = new ArrayList<>();
        for (FilterRules.Call call : rules.calls()) {
            add(list, call.number(), call.allowed(), RET_ALLOW);
            call.denied().forEach(denied -> add(list, call.number(), denied.region(), code(denied.action())));
        }
        List<Long> program = new ArrayList<>();
        if (refusesTheRest(rules.base())) {
            program.addAll(prologue(rules.machine()));
        }
        for (long instruction : library.program(base, RET_KILL_PROCESS, list)) {
            program.add(instruction);
        }
        if (program.size() > MAX_INSTRUCTIONS) {
            throw new TooManyComparisonsException(
                    "the filter has " + program.size() + " instructions, the kernel takes " + MAX_INSTRUCTIONS);
        }
        return program;
    }

    private static boolean refusesTheRest(Optional<SeccompAction> base) {
        return base.map(action -> action.kind() != SeccompAction.Kind.LOG).orElse(false);
    }

    private static void add(List<Rule> rules, int call, Region region, int action) {
        for (Cube cube : region.cubes()) {
            List<Comparison> comparisons = new ArrayList<>();
            for (int i = 0; i < Syscalls.ARGUMENTS; i++) {
                if (cube.mask(i) != 0) {
                    comparisons.add(new Comparison(i, cube.mask(i), cube.value(i)));
                }
            }
            rules.add(new Rule(call, comparisons, action));
        }
    }

    /** The number that the kernel takes for an action. */
    static int code(SeccompAction action) {
        return switch (action.kind()) {
            case KILL -> RET_KILL_PROCESS;
            case KILL_THREAD -> RET_KILL_THREAD;
            case TRAP -> RET_TRAP;
            case ERRNO -> RET_ERRNO | action.errno();
            case LOG -> RET_LOG;
        };
    }

    /** A stretch of numbers that all have a call. */
    private record Stretch(int first, int last) {}

    static List<Long> prologue(Machine machine) {
        List<Stretch> stretches = stretches(machine);
        boolean hasForeign = machine.foreignBit() != 0;
        int checks = 2 * stretches.size();
        // jumps count from the instruction behind them; the two returns stand at the end, ENOSYS first
        int end = 3 + (hasForeign ? 2 : 0) + checks;
        List<Long> code = new ArrayList<>();
        code.add(instruction(LOAD, 0, 0, DATA_ARCHITECTURE));
        code.add(instruction(JUMP_IF_EQUAL, 0, end + 1 - 2, machine.audit()));
        code.add(instruction(LOAD, 0, 0, DATA_NUMBER));
        if (hasForeign) {
            // -1 is what a tracer leaves of a call that is not to be made
            code.add(instruction(JUMP_IF_EQUAL, end - 4, 0, 0xffffffffL));
            code.add(instruction(JUMP_IF_NOT_LESS, end + 1 - 5, 0, machine.foreignBit()));
        }
        for (int i = stretches.size() - 1; i >= 0; i--) {
            code.add(instruction(
                    JUMP_IF_GREATER, end - code.size() - 1, 0, stretches.get(i).last()));
            code.add(instruction(
                    JUMP_IF_NOT_LESS,
                    end + 2 - code.size() - 1,
                    0,
                    stretches.get(i).first()));
        }
        code.add(instruction(RETURN, 0, 0, code(SeccompAction.ENOSYS)));
        code.add(instruction(RETURN, 0, 0, RET_KILL_PROCESS));
        return code;
    }

    private static List<Stretch> stretches(Machine machine) {
        List<Stretch> stretches = new ArrayList<>();
        int first = -1;
        int last = -2;
        for (int number : Syscalls.numbers(machine).keySet()) {
            if (number != last + 1) {
                if (first >= 0) {
                    stretches.add(new Stretch(first, last));
                }
                first = number;
            }
            last = number;
        }
        stretches.add(new Stretch(first, last));
        return stretches;
    }

    /** struct sock_filter as a little-endian number. */
    static long instruction(int code, int ifTrue, int ifFalse, long operand) {
        return code | (long) ifTrue << 16 | (long) ifFalse << 24 | (operand & 0xffffffffL) << 32;
    }
}

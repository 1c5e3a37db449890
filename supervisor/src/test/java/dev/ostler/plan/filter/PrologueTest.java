package dev.ostler.plan.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Machine;
import dev.ostler.base.Syscalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What comes before libseccomp's instructions, on both architectures whichever one this is. */
class PrologueTest {
    private static final long I386 = 0x40000003L;
    private static final long ARM = 0x40000028L;
    private static final int ANY_NUMBER = 1200;

    /** The prologue, and behind it the answer that tells that it was passed. */
    private static List<Long> program(Machine machine) {
        List<Long> program = new ArrayList<>(FilterProgram.prologue(machine));
        program.add(Evaluator.ALLOW << 32 | 0x06);
        return program;
    }

    @ParameterizedTest
    @EnumSource
    void onlyKnownNumbersPass(Machine machine) {
        List<Long> program = program(machine);
        Set<Integer> known = Syscalls.numbers(machine).keySet();

        assertThat(known).hasSizeGreaterThan(300);
        for (int number = 0; number < ANY_NUMBER; number++) {
            assertThat(Bpf.run(program, machine.audit(), number))
                    .as("number %d", number)
                    .isEqualTo(known.contains(number) ? Evaluator.ALLOW : Evaluator.ENOSYS);
        }
        for (long number : new long[] {0x3fffffffL, 0xffffffffL}) {
            assertThat(Bpf.run(program, machine.audit(), number)).isEqualTo(Evaluator.ENOSYS);
        }
    }

    @ParameterizedTest
    @EnumSource
    void otherArchitecturesAreKilledWhateverTheyCall(Machine machine) {
        List<Long> program = program(machine);
        Machine other = Machine.values()[1 - machine.ordinal()];

        for (long architecture : new long[] {I386, ARM, other.audit(), 0, 0xffffffffL}) {
            for (long number : new long[] {0, 1, 20, 102, 435, 1000, 0x40000000L, 0xffffffffL}) {
                assertThat(Bpf.run(program, architecture, number)).isEqualTo(Evaluator.KILL);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theOtherAbiOfTheArchitectureIsKilled(Machine machine) {
        List<Long> program = program(machine);
        boolean hasX32 = machine == Machine.X86_64;

        for (long number : new long[] {0x40000000L, 0x40000001L, 0x40000000L + 520, 0xfffffffeL}) {
            assertThat(Bpf.run(program, machine.audit(), number)).isEqualTo(hasX32 ? Evaluator.KILL : Evaluator.ENOSYS);
        }
    }
}

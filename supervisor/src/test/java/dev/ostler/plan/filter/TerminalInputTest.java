package dev.ostler.plan.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Machine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TerminalInputTest {
    private static final long TIOCSTI = 0x5412;
    private static final long TIOCLINUX = 0x541c;
    private static final long TCGETS = 0x5401;
    private static final int IOCTL_OF_32_BIT = 54;
    private static final int GETPID_OF_32_BIT = 20;

    private static int ioctl(Machine machine) {
        return machine == Machine.X86_64 ? 16 : 29;
    }

    private static long run(Machine machine, long architecture, long number, long request) {
        return Bpf.run(TerminalInput.program(machine), architecture, number, 0, request, 0, 0, 0, 0);
    }

    @ParameterizedTest
    @EnumSource
    void theTwoRequestsAreDeniedWhateverTheUpperHalfIs(Machine machine) {
        for (long request : new long[] {TIOCSTI, TIOCLINUX, 1L << 32 | TIOCSTI, -1L << 32 | TIOCLINUX}) {
            assertThat(run(machine, machine.audit(), ioctl(machine), request)).isEqualTo(Evaluator.EPERM);
            assertThat(run(machine, machine.audit32(), IOCTL_OF_32_BIT, request))
                    .isEqualTo(Evaluator.EPERM);
            assertThat(run(machine, machine.audit(), machine.foreignBit() | ioctl(machine), request))
                    .isEqualTo(Evaluator.EPERM);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingElseIs(Machine machine) {
        assertThat(run(machine, machine.audit(), ioctl(machine), TCGETS)).isEqualTo(Evaluator.ALLOW);
        assertThat(run(machine, machine.audit32(), IOCTL_OF_32_BIT, TCGETS)).isEqualTo(Evaluator.ALLOW);
        assertThat(run(machine, machine.audit(), ioctl(machine) + 1, TIOCSTI)).isEqualTo(Evaluator.ALLOW);
        assertThat(run(machine, machine.audit32(), GETPID_OF_32_BIT, TIOCSTI)).isEqualTo(Evaluator.ALLOW);
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownArchitectureIsKilled(Machine machine) {
        assertThat(run(machine, 0x12345678, ioctl(machine), TCGETS)).isEqualTo(Evaluator.KILL);
    }
}

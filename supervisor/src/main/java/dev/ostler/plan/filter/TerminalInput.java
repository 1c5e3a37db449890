package dev.ostler.plan.filter;

import static dev.ostler.plan.filter.FilterProgram.DATA_ARCHITECTURE;
import static dev.ostler.plan.filter.FilterProgram.DATA_NUMBER;
import static dev.ostler.plan.filter.FilterProgram.JUMP_IF_EQUAL;
import static dev.ostler.plan.filter.FilterProgram.LOAD;
import static dev.ostler.plan.filter.FilterProgram.RETURN;
import static dev.ostler.plan.filter.FilterProgram.RET_ALLOW;
import static dev.ostler.plan.filter.FilterProgram.RET_ERRNO;
import static dev.ostler.plan.filter.FilterProgram.RET_KILL_PROCESS;
import static dev.ostler.plan.filter.FilterProgram.instruction;

import dev.ostler.base.Machine;
import dev.ostler.base.Syscalls;
import java.util.List;

/**
 * Denies what types into a terminal, TIOCSTI and TIOCLINUX, and nothing else: for programs that may do so by their
 * capabilities, and hold a terminal that is not theirs. It needs no library, and looks at every ABI of the machine.
 */
public final class TerminalInput {
    private static final long TIOCSTI = 0x5412;
    private static final long TIOCLINUX = 0x541c;
    private static final int EPERM = 1;

    /** Of ioctl in the 32-bit ABI, on both architectures. */
    private static final int IOCTL_OF_32_BIT = 54;

    /** The lower half of args[1] in struct seccomp_data; the kernel takes no more of it. */
    private static final int DATA_REQUEST = 24;

    private TerminalInput() {}

    /** struct sock_filter as little-endian numbers. */
    public static List<Long> program(Machine machine) {
        long ioctl = Syscalls.number(machine, "ioctl").orElseThrow();
        return List.of(
                instruction(LOAD, 0, 0, DATA_ARCHITECTURE),
                instruction(JUMP_IF_EQUAL, 1, 0, machine.audit()),
                instruction(JUMP_IF_EQUAL, 3, 10, machine.audit32()),
                instruction(LOAD, 0, 0, DATA_NUMBER),
                instruction(JUMP_IF_EQUAL, 3, 0, ioctl),
                instruction(JUMP_IF_EQUAL, 2, 5, ioctl | machine.foreignBit()),
                instruction(LOAD, 0, 0, DATA_NUMBER),
                instruction(JUMP_IF_EQUAL, 0, 3, IOCTL_OF_32_BIT),
                instruction(LOAD, 0, 0, DATA_REQUEST),
                instruction(JUMP_IF_EQUAL, 2, 0, TIOCSTI),
                instruction(JUMP_IF_EQUAL, 1, 0, TIOCLINUX),
                instruction(RETURN, 0, 0, RET_ALLOW),
                instruction(RETURN, 0, 0, RET_ERRNO | EPERM),
                instruction(RETURN, 0, 0, RET_KILL_PROCESS));
    }
}

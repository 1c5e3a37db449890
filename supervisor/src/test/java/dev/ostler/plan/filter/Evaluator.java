package dev.ostler.plan.filter;

import dev.ostler.base.Machine;
import dev.ostler.base.SyscallGroups;
import dev.ostler.base.Syscalls;
import dev.ostler.spec.SeccompAction;
import dev.ostler.spec.SeccompCondition;
import dev.ostler.spec.SeccompItem;
import dev.ostler.spec.SeccompSpec;
import java.util.List;

/** What a specification says of one system call with its arguments, item by item and without any cleverness. */
final class Evaluator {
    static final long ALLOW = 0x7fff0000L;
    static final long KILL = 0x80000000L;
    static final long ENOSYS = 0x00050026L;
    static final long EPERM = 0x00050001L;

    private final SeccompSpec spec;
    private final boolean cloneIsFree;
    private final Machine machine = Machine.current();

    /** @param cloneIsFree clone is allowed, whatever its arguments are */
    Evaluator(SeccompSpec spec, boolean cloneIsFree) {
        this.spec = spec;
        this.cloneIsFree = cloneIsFree;
    }

    long evaluate(long architecture, long number, long... arguments) {
        boolean log = spec.otherwise().kind() == SeccompAction.Kind.LOG;
        if (architecture != machine.audit()) {
            return KILL;
        }
        if (machine == Machine.X86_64 && number >= 0x40000000L && number != 0xffffffffL) {
            return KILL;
        }
        String call =
                number > Integer.MAX_VALUE ? null : Syscalls.numbers(machine).get((int) number);
        if (call == null) {
            return spec.allow().isEmpty() ? ALLOW : log ? code(spec.otherwise()) : ENOSYS;
        }
        for (SeccompItem item : spec.deny()) {
            if (matches(item, call, arguments)) {
                return call.equals("clone3") ? ENOSYS : code(item.action().orElse(spec.otherwise()));
            }
        }
        if (spec.allow().isEmpty() && call.startsWith("io_uring_")) {
            return code(spec.otherwise());
        }
        if (call.equals("clone3") && !clone3(log)) {
            return ENOSYS;
        }
        if (spec.allow().isEmpty() || spec.allow().get().stream().anyMatch(item -> matches(item, call, arguments))) {
            return ALLOW;
        }
        return code(spec.otherwise());
    }

    /** By name, or as one of all calls where every clone is allowed. A condition of it is not possible. */
    private boolean clone3(boolean log) {
        List<SeccompItem> allowed = spec.allow().orElse(List.of());
        boolean named = allowed.stream().anyMatch(item -> item.call().equals("clone3"));
        boolean known = allowed.stream().anyMatch(item -> item.call().equals("@known"));
        return named || (known || log || spec.allow().isEmpty()) && cloneIsFree;
    }

    private static boolean matches(SeccompItem item, String call, long[] arguments) {
        if (item.isGroup()) {
            return SyscallGroups.members(item.call()).stream()
                    .anyMatch(member -> member.call().equals(call)
                            && (arguments[member.index()] & member.mask()) == member.value());
        }
        return item.call().equals(call)
                && item.conditions().stream().allMatch(condition -> holds(condition, call, arguments));
    }

    private static boolean holds(SeccompCondition condition, String call, long[] arguments) {
        long mask = -1L >>> 64 - Syscalls.width(call, condition.index());
        long argument = arguments[condition.index()] & mask;
        long value = condition.values().get(0) & mask;
        return switch (condition.operator()) {
            case EQ -> argument == value;
            case NE -> argument != value;
            case LT -> Long.compareUnsigned(argument, value) < 0;
            case LE -> Long.compareUnsigned(argument, value) <= 0;
            case GT -> Long.compareUnsigned(argument, value) > 0;
            case GE -> Long.compareUnsigned(argument, value) >= 0;
            case MASKED_EQ -> (argument & condition.mask()) == value;
            case IN -> condition.values().stream().anyMatch(each -> (each & mask) == argument);
        };
    }

    static long code(SeccompAction action) {
        return switch (action.kind()) {
            case KILL -> KILL;
            case KILL_THREAD -> 0;
            case TRAP -> 0x00030000L;
            case ERRNO -> 0x00050000L | action.errno();
            case LOG -> 0x7ffc0000L;
        };
    }
}

package dev.ostler.plan;

import dev.ostler.base.Machine;
import dev.ostler.base.Origin;
import dev.ostler.plan.filter.TerminalInput;
import dev.ostler.spec.MountSpec;
import java.util.Optional;

/** How the program comes by a terminal of its own, and what keeps it from typing into the caller's. */
final class Terminals {
    private static final String OF_THE_HOST = "/dev/ptmx";

    private final Draft draft;
    private final Origin origin;

    private Terminals(Draft draft) {
        this.draft = draft;
        this.origin = draft.byDefault("");
    }

    /**
     * After the sandbox and the capabilities.
     *
     * @param uid of the program, as it is seen inside
     */
    static void compile(Draft draft, Terminal terminal, long uid, Descriptors descriptors) {
        Terminals terminals = new Terminals(draft);
        if (terminal == Terminal.NONE) {
            terminals.without(descriptors);
        } else {
            terminals.with(uid, terminal == Terminal.INTERACTIVE);
        }
    }

    /** The init leads the session of the terminal, so that the end of the program alone does not hang it up. */
    private void with(long uid, boolean keyboard) {
        String ptmx = OF_THE_HOST;
        Optional<MountSpec.Dev> minimal = Optional.empty();
        for (MountSpec mount : draft.service().sandbox().mounts()) {
            if (mount instanceof MountSpec.Dev dev) {
                ptmx = dev.target() + "/pts/ptmx";
                minimal = Optional.of(dev);
            } else if (mount instanceof MountSpec.Filesystem made && made.type().equals("devpts")) {
                ptmx = made.target() + "/ptmx";
                minimal = Optional.empty();
            }
        }
        minimal.ifPresent(this::console);
        LaunchOrder place = ptmx.equals(OF_THE_HOST) ? LaunchOrder.TERMINAL_OF_HOST : LaunchOrder.TERMINAL;
        draft.op(place, new TerminalOp(ptmx, uid, keyboard), origin);
        if (!draft.has(LaunchOrder.INIT) && !Namespaces.isFirstProcess(draft.service())) {
            draft.op(LaunchOrder.INIT, new SandboxOp.Init(), origin);
        }
    }

    /** The first one of a new devpts is number 0. */
    private void console(MountSpec.Dev dev) {
        draft.op(LaunchOrder.MOUNTS, new SandboxOp.Symlink("pts/0", dev.target() + "/console"), dev.origin());
    }

    private void without(Descriptors descriptors) {
        if (draft.has(LaunchOrder.INIT)) {
            draft.op(LaunchOrder.SESSION, new Op.Setsid(), origin);
        }
        boolean mayBeCallers = descriptors.has(Descriptors.Source.OWN);
        if (mayBeCallers && keepsAdmin() && !draft.facts().seccompActions().isEmpty()) {
            draft.op(
                    LaunchOrder.TERMINAL_INPUT,
                    new Op.Seccomp(false, TerminalInput.program(Machine.current())),
                    origin);
        }
    }

    /** CAP_SYS_ADMIN is all it takes to type into a terminal that is not one's own. */
    private boolean keepsAdmin() {
        long kept = draft.ops().stream()
                .filter(planned -> planned.op() instanceof Op.CapSet)
                .map(planned -> ((Op.CapSet) planned.op()).permitted())
                .reduce(draft.facts().permitted(), (before, after) -> after);
        return draft.facts().initialUserNamespace() && (kept & 1L << PlanWords.CAP_SYS_ADMIN) != 0;
    }
}

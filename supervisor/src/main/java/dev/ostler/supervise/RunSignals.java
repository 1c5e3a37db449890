package dev.ostler.supervise;

import dev.ostler.base.Signal;
import dev.ostler.linux.KernelException;
import dev.ostler.spec.StopSpec;

/** Sends signals to runs. Loop thread only. */
final class RunSignals {
    private RunSignals() {}

    /**
     * Sends one.
     *
     * @return whether somebody was there to get it
     * @throws KernelException when one of them may not be signalled
     */
    static boolean send(LiveRun run, Signal signal, StopSpec.Scope scope) {
        return switch (scope) {
            case MAIN -> run.main().map(main -> main.sendSignal(signal)).orElse(false);
            case GROUP -> run.main().map(main -> main.sendSignalToGroup(signal)).orElse(false);
            case ALL -> run.tree().map(tree -> tree.signalAll(signal)).orElse(0) > 0;
        };
    }

    /** Whom it is for: {@code its main process}. */
    static String whom(StopSpec.Scope scope) {
        return switch (scope) {
            case MAIN -> "its main process";
            case GROUP -> "its process group";
            case ALL -> "all its processes";
        };
    }
}

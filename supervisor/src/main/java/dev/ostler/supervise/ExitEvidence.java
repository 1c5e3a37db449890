package dev.ostler.supervise;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.Signal;
import dev.ostler.cgroup.LimitCounts;
import dev.ostler.jvm.JvmOutput;
import dev.ostler.service.ExitCause;
import java.util.List;
import java.util.Optional;

/**
 * What else is known about the end of a main process. Pure.
 *
 * @param counts of its limits; empty without limits
 * @param oom whether the kernel has just killed a process of the run
 * @param lines the last ones it printed
 */
record ExitEvidence(ExitStatus status, Optional<LimitCounts> counts, boolean oom, List<String> lines) {
    /** How a JVM, and the C library by way of others, say that there was no process or thread to be had. */
    private static final List<String> NO_MORE_PROCESSES =
            List.of("unable to create native thread", "Resource temporarily unavailable", "Cannot fork", "EAGAIN");

    /** The exit code of -XX:+ExitOnOutOfMemoryError. */
    private static final int JVM_OUT_OF_MEMORY = 3;

    /** A cause that says more than the status; the most certain one first. */
    Optional<ExitCause> explanation() {
        if (status.isSuccess()) {
            return Optional.empty();
        }
        if (oom && status.shellCode() == 128 + Signal.KILL.number()) { // a shell mirrors the end of its child
            return Optional.of(
                    new ExitCause.OutOfMemory(true, counts.orElseThrow().memory()));
        }
        JvmOutput jvm = new JvmOutput(lines);
        boolean endedItself = status.isExited() && status.code() == JVM_OUT_OF_MEMORY || isAbort();
        if (endedItself && jvm.outOfMemory().isPresent()) {
            return jvm.outOfMemory().map(ExitCause.JvmOutOfMemory::new);
        }
        if (isAbort() && jvm.crash().isPresent()) {
            return jvm.crash().map(crash -> new ExitCause.JvmCrash(crash.error(), crash.report()));
        }
        return counts.filter(own -> own.pidsDenied() > 0 && saysNoMoreProcesses())
                .map(own -> new ExitCause.PidsLimit(own.pidsDenied()));
    }

    /** HotSpot ends by abort(3) whatever the error was; a shell in front of it mirrors that. */
    private boolean isAbort() {
        return status.shellCode() == 128 + Signal.ABRT.number();
    }

    private boolean saysNoMoreProcesses() {
        return lines.stream().anyMatch(line -> NO_MORE_PROCESSES.stream().anyMatch(line::contains));
    }
}

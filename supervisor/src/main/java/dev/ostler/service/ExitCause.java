package dev.ostler.service;

import dev.ostler.base.ExitStatus;
import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.spec.ExitStatuses;
import dev.ostler.spec.HookSpec;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Why a run ended, or why there was none. Immutable; any thread. */
public sealed interface ExitCause {
    /** Stable name for programs: {@code exit-code}. */
    String kind();

    /** Whether the restart policy {@code on-failure} applies. */
    boolean isFailure();

    /** Whether the restart policy {@code on-abnormal} applies: a failure that the program itself did not tell. */
    default boolean isAbnormal() {
        return isFailure();
    }

    /**
     * For people; never a bare number.
     *
     * @param status of the main process, when there was one
     * @param ran from start to end of the main process
     */
    String describe(Optional<ExitStatus> status, Duration ran);

    /** Ostler was asked to stop it, and it stopped in time; {@code immediately}: it was asked to use SIGKILL. */
    record RequestedStop(Requester by, boolean immediately) implements ExitCause {
        @Override
        public String kind() {
            return "requested-stop";
        }

        @Override
        public boolean isFailure() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return (immediately ? "killed" : "stopped") + " as requested by " + by + ExitCause.inBrackets(status);
        }
    }

    /** Ostler was asked to stop it, and processes were left at the end of the ladder. */
    record StopTimeout(Requester by, int killed) implements ExitCause {
        @Override
        public String kind() {
            return "stop-timeout";
        }

        @Override
        public boolean isFailure() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            String who = killed == 0 ? "it" : killed == 1 ? "1 process" : killed + " processes";
            return "stopped as requested by " + by + ", but " + who + " needed SIGKILL" + ExitCause.inBrackets(status);
        }
    }

    /** It exited by itself. */
    record ExitCode(int code) implements ExitCause {
        @Override
        public String kind() {
            return "exit-code";
        }

        @Override
        public boolean isFailure() {
            return code != 0;
        }

        @Override
        public boolean isAbnormal() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "exited " + code + " after " + Elapsed.text(ran);
        }
    }

    /** It ended by itself in a way that its YAML calls a success. */
    record DeclaredSuccess() implements ExitCause {
        @Override
        public String kind() {
            return "success";
        }

        @Override
        public boolean isFailure() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            String how = status.map(ExitStatus::toString).orElse("ended");
            return how + " after " + Elapsed.text(ran) + ", which counts as success";
        }
    }

    /** A signal that Ostler did not send ended it. */
    record KilledBySignal(Signal signal, boolean dumpedCore) implements ExitCause {
        public KilledBySignal {
            Objects.requireNonNull(signal, "signal");
        }

        @Override
        public String kind() {
            return "signal";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            String why = signal.equals(Signal.SYS) ? ", as for a system call that a filter denies," : "";
            return "killed by " + signal + why + " after " + Elapsed.text(ran)
                    + (dumpedCore ? " (not requested, core dumped)" : " (not requested)");
        }
    }

    /** Someone else asked it to end: death by, or the exit code for, SIGHUP, SIGINT or SIGTERM. */
    record ExternalStop() implements ExitCause {
        @Override
        public String kind() {
            return "external-stop";
        }

        @Override
        public boolean isFailure() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "stopped by someone else after " + Elapsed.text(ran) + ExitCause.inBrackets(status);
        }
    }

    /**
     * The kernel killed it, or a process of it, as all of its memory limit was used.
     *
     * @param main whether the main process ended by that
     * @param memory {@code 64 MiB of 64 MiB}
     */
    record OutOfMemory(boolean main, String memory) implements ExitCause {
        @Override
        public String kind() {
            return "oom";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            String who = main ? "killed" : "stopped, as a process of it was killed";
            return who + " by the kernel for its memory limit (" + memory + ") after " + Elapsed.text(ran)
                    + ExitCause.inBrackets(status);
        }
    }

    /**
     * Its JVM ended itself upon an OutOfMemoryError.
     *
     * @param detail {@code Java heap space}
     */
    record JvmOutOfMemory(String detail) implements ExitCause {
        @Override
        public String kind() {
            return "jvm-oom";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "java.lang.OutOfMemoryError: " + detail + ", after " + Elapsed.text(ran)
                    + ExitCause.inBrackets(status);
        }
    }

    /**
     * Its JVM found a fatal error in itself.
     *
     * @param error {@code SIGSEGV (0xb) at pc=0x00007f…, pid=7, tid=8, in C  [libc.so.6+0x85e64]}
     * @param report the file it wrote about that, as the service names it; empty = none
     */
    record JvmCrash(String error, String report) implements ExitCause {
        @Override
        public String kind() {
            return "jvm-crash";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "JVM crashed after " + Elapsed.text(ran) + ": " + error
                    + (report.isEmpty() ? "" : ", report in " + report) + ExitCause.inBrackets(status);
        }
    }

    /**
     * It ended as it could not have a process or thread more.
     *
     * @param denied how often {@code pids_limit} has kept this run from one
     */
    record PidsLimit(long denied) implements ExitCause {
        @Override
        public String kind() {
            return "pids-limit";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "ended after " + Elapsed.text(ran) + ", as pids_limit refused it " + denied
                    + (denied == 1 ? " process or thread" : " processes or threads") + ExitCause.inBrackets(status);
        }
    }

    /** It did not become ready in time. */
    record ProbeTimeout(Duration timeout) implements ExitCause {
        @Override
        public String kind() {
            return "probe";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "not ready within " + Elapsed.text(timeout);
        }
    }

    /**
     * It gave no sign of life in time, sd_notify(3).
     *
     * @param silence how long at least; zero = it asked for its restart itself
     */
    record Watchdog(Duration silence) implements ExitCause {
        public Watchdog {
            Objects.requireNonNull(silence, "silence");
        }

        @Override
        public String kind() {
            return "watchdog";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return silence.isZero()
                    ? "asked for its restart by WATCHDOG=trigger"
                    : "no sign of life for " + Elapsed.text(silence);
        }
    }

    /** Its health probe failed again and again. */
    record Unhealthy(int failures, String lastFailure) implements ExitCause {
        public Unhealthy {
            Objects.requireNonNull(lastFailure, "lastFailure");
        }

        @Override
        public String kind() {
            return "probe";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "unhealthy after " + Elapsed.text(ran) + ", " + Health.failures(failures) + ": " + lastFailure;
        }
    }

    /** It was not started, or it was stopped, because of a service that it depends on. */
    record Dependency(ServiceName dependency, String why) implements ExitCause {
        @Override
        public String kind() {
            return "dependency";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "dependency \"" + dependency + "\" " + why;
        }
    }

    /** Its program never executed. */
    record LaunchFailure(String text) implements ExitCause {
        @Override
        public String kind() {
            return "launch";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public boolean isAbnormal() {
            return false;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return text;
        }
    }

    /** A command that belongs to its start failed. */
    record HookFailure(HookSpec.Kind hook, String why) implements ExitCause {
        public HookFailure {
            Objects.requireNonNull(hook, "hook");
        }

        /** {@code pre_start failed: exited 1}. */
        String text() {
            return hook + " failed: " + why;
        }

        @Override
        public String kind() {
            return "hook";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return text();
        }
    }

    /** It ended while nobody looked: the keeper that started it is gone too. */
    record Lost() implements ExitCause {
        @Override
        public String kind() {
            return "lost";
        }

        @Override
        public boolean isFailure() {
            return true;
        }

        @Override
        public String describe(Optional<ExitStatus> status, Duration ran) {
            return "its keeper is gone, and how it ended is not known";
        }
    }

    /** What an end means that nobody asked Ostler for. */
    static ExitCause unrequested(ExitStatus status, ExitStatuses success) {
        if (success.contains(status)) {
            return new DeclaredSuccess();
        }
        Set<Signal> polite = Set.of(Signal.HUP, Signal.INT, Signal.TERM);
        Optional<Signal> signal = status.signal();
        if (signal.isPresent()) {
            return polite.contains(signal.get())
                    ? new ExternalStop()
                    : new KilledBySignal(signal.get(), status.dumpedCore());
        }
        // A JVM that got SIGTERM runs its hooks and exits 143; shells mirror a child's end in the same way.
        boolean mirrored = polite.stream().anyMatch(s -> status.code() == 128 + s.number());
        return mirrored ? new ExternalStop() : new ExitCode(status.code());
    }

    private static String inBrackets(Optional<ExitStatus> status) {
        return status.map(s -> " (" + s + ")").orElse("");
    }
}

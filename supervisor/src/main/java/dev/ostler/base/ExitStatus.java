package dev.ostler.base;

import java.util.Optional;

/** A raw wait status as wait(2) gives it. */
public record ExitStatus(int raw) {
    public static ExitStatus exited(int code) {
        return new ExitStatus((code & 0xff) << 8);
    }

    public static ExitStatus killedBy(Signal signal) {
        return new ExitStatus(signal.number());
    }

    public boolean isExited() {
        return (raw & 0x7f) == 0;
    }

    /** Exit code; meaningful only when {@link #isExited()}. */
    public int code() {
        return (raw >> 8) & 0xff;
    }

    public Optional<Signal> signal() {
        return isExited() ? Optional.empty() : Optional.of(new Signal(raw & 0x7f));
    }

    public boolean dumpedCore() {
        return (raw & 0x80) != 0;
    }

    /** As a shell mirrors it: the code, or 128 + signal. */
    public int shellCode() {
        return isExited() ? code() : 128 + (raw & 0x7f);
    }

    public boolean isSuccess() {
        return raw == 0;
    }

    /** {@code exited 1}, {@code killed by SIGKILL}, {@code killed by SIGSEGV (core dumped)}. */
    @Override
    public String toString() {
        if (isExited()) {
            return "exited " + code();
        }
        return "killed by " + signal().orElseThrow() + (dumpedCore() ? " (core dumped)" : "");
    }
}

package dev.ostler.service;

import dev.ostler.base.ServiceName;
import java.util.Locale;
import java.util.Optional;

/**
 * One change of state that has happened; its text is the log line.
 *
 * @param failure present when a run has failed
 */
public record Transition(
        ServiceName service, ServiceState from, ServiceState to, String reason, Optional<Failure> failure) {
    /** What a failed run means: it failed this once, or so often that the service is given up. */
    public enum Failure {
        ONCE,
        GAVE_UP
    }

    /** {@code service=web from=ready to=backoff failure=once reason="exited 1 after 3.2 s; restart in 100 ms"}. */
    @Override
    public String toString() {
        String failed = failure.isEmpty()
                ? ""
                : " failure=" + failure.get().name().toLowerCase(Locale.ROOT).replace('_', '-');
        return "service=" + service + " from=" + from + " to=" + to + failed + " reason=\"" + reason + "\"";
    }
}

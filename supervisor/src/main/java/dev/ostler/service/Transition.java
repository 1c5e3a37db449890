package dev.ostler.service;

import dev.ostler.base.ServiceName;

/** One change of state that has happened; its text is the log line. */
public record Transition(ServiceName service, ServiceState from, ServiceState to, String reason) {
    /** {@code service=web from=ready to=backoff reason="exited 1 after 3.2 s; restart in 100 ms"}. */
    @Override
    public String toString() {
        return "service=" + service + " from=" + from + " to=" + to + " reason=\"" + reason + "\"";
    }
}

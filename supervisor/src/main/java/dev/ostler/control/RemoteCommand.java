package dev.ostler.control;

import dev.ostler.base.ServiceName;
import java.util.List;
import java.util.OptionalInt;

/** What a client asks of the running supervisor. Where a list of services may be empty, empty means all of them. */
public sealed interface RemoteCommand {
    /** What runs, since when, and why not. */
    record Status(boolean json, Selection services) implements RemoteCommand {}

    /** Starts services and what they depend on. */
    record Start(Selection services) implements RemoteCommand {}

    /** Stops these services only; others that depend on them go on, except those that are bound to them. */
    record Stop(Selection services) implements RemoteCommand {}

    /** Stops, then starts. */
    record Restart(Selection services) implements RemoteCommand {}

    /**
     * What services wrote.
     *
     * @param follow goes on until the client leaves
     * @param lines how many of the last lines of each service; empty = all that is kept
     */
    record Logs(List<ServiceName> services, boolean follow, OptionalInt lines) implements RemoteCommand {
        public Logs {
            services = List.copyOf(services);
        }
    }

    /** Stops all services, then the supervisor. */
    record Down() implements RemoteCommand {}

    /** What was asked of a service beside what the kernel says. */
    record Audit(ServiceName service, boolean json) implements RemoteCommand {}
}

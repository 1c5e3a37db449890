package dev.ostler.control;

import dev.ostler.base.ServiceName;
import dev.ostler.base.Signal;
import dev.ostler.service.Milestone;
import dev.ostler.spec.StopSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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

    /** What {@link Apply} would do now. */
    record Diff(boolean json) implements RemoteCommand {}

    /** Reads the files again and brings the services to what they say; all of it or nothing. */
    record Apply() implements RemoteCommand {}

    /** Tells services to read their own configuration again. */
    record Reload(Selection services) implements RemoteCommand {}

    /** Sends a signal to services that run. */
    record SendSignal(Signal signal, StopSpec.Scope to, Selection services) implements RemoteCommand {}

    /** What was asked of a service beside what the kernel says. */
    record Audit(ServiceName service, boolean json) implements RemoteCommand {}

    /** Why a service is as it is. */
    record Why(ServiceName service) implements RemoteCommand {}

    /** Changes of state. @param follow goes on until the client leaves */
    record Events(List<ServiceName> services, boolean follow) implements RemoteCommand {
        public Events {
            services = List.copyOf(services);
        }
    }

    /** Until all of them are as the condition says, or the time is over. */
    record Wait(List<ServiceName> services, Milestone milestone, Optional<Duration> timeout) implements RemoteCommand {
        public Wait {
            services = List.copyOf(services);
        }
    }

    /** Who depends on whom. */
    record Tree() implements RemoteCommand {}

    /** What the processes of services use. */
    record Top(List<ServiceName> services) implements RemoteCommand {
        public Top {
            services = List.copyOf(services);
        }
    }

    /** What the supervisor itself does. */
    record Self() implements RemoteCommand {}
}

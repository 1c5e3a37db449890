package dev.ostler.spec;

import java.util.List;

/**
 * How a service is started.
 *
 * @param sockets what is opened for it, in the order in which it gets them
 * @param onTraffic it is started when something comes in on one of them, not before
 * @param conditions what must hold then, in the order in which it is looked at
 */
public record ActivationSpec(List<SocketSpec> sockets, boolean onTraffic, List<ConditionSpec> conditions) {
    /** No sockets, and started with the project, whatever holds. */
    public static final ActivationSpec NONE = new ActivationSpec(List.of(), false, List.of());

    public ActivationSpec {
        sockets = List.copyOf(sockets);
        conditions = List.copyOf(conditions);
        if (onTraffic && sockets.isEmpty()) {
            throw new IllegalArgumentException("no socket to wait for traffic on");
        }
    }
}

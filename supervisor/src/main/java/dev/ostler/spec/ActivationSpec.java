package dev.ostler.spec;

import java.util.List;

/**
 * What a service is given when it starts, and what starts it.
 *
 * @param sockets what is opened for it, in the order in which it gets them
 * @param onTraffic it is started when something comes in on one of them, not before
 */
public record ActivationSpec(List<SocketSpec> sockets, boolean onTraffic) {
    /** No sockets, and started with the project. */
    public static final ActivationSpec NONE = new ActivationSpec(List.of(), false);

    public ActivationSpec {
        sockets = List.copyOf(sockets);
        if (onTraffic && sockets.isEmpty()) {
            throw new IllegalArgumentException("no socket to wait for traffic on");
        }
    }
}

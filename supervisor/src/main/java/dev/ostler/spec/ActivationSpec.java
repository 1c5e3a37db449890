package dev.ostler.spec;

import java.util.List;
import java.util.Objects;

/**
 * How a service is started.
 *
 * @param sockets what is opened for it, in the order in which it gets them
 * @param trigger what starts it
 * @param conditions what must hold then, in the order in which it is looked at
 */
public record ActivationSpec(List<SocketSpec> sockets, Trigger trigger, List<ConditionSpec> conditions) {
    /** No sockets, and started with the project, whatever holds. */
    public static final ActivationSpec NONE = new ActivationSpec(List.of(), new Trigger.Boot(), List.of());

    public ActivationSpec {
        sockets = List.copyOf(sockets);
        Objects.requireNonNull(trigger, "trigger");
        conditions = List.copyOf(conditions);
        if (trigger instanceof Trigger.Traffic && sockets.isEmpty()) {
            throw new IllegalArgumentException("no socket to wait for traffic on");
        }
    }

    /** It waits until its trigger comes, again after each run that has not failed. */
    public boolean onDemand() {
        return !(trigger instanceof Trigger.Boot);
    }

    public boolean onTraffic() {
        return trigger instanceof Trigger.Traffic;
    }
}

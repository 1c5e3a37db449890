package dev.ostler.service;

import dev.ostler.base.ServiceName;
import dev.ostler.spec.ServiceSpec;
import java.util.HashMap;
import java.util.Map;

/**
 * Services as runs of them were launched that a change of the configuration replaces: such a run is ended as it was meant to
 * be, by its own ladder and its own hooks. One thread.
 */
final class EarlierSpecs {
    private final Map<ServiceName, Earlier> earlier = new HashMap<>();

    /** @param lastRun number of the last run that was launched so */
    private record Earlier(ServiceSpec spec, int lastRun) {}

    /** Nothing when it is known of these runs already. */
    void keep(ServiceSpec spec, int lastRun) {
        earlier.merge(
                spec.name(), new Earlier(spec, lastRun), (known, other) -> known.lastRun() >= lastRun ? known : other);
    }

    /** As the run of {@code status} goes by. */
    ServiceSpec of(ServiceSpec present, ServiceStatus status) {
        Earlier before = earlier.get(present.name());
        boolean concerned = before != null
                && status.state().isAlive()
                && status.run().number() > 0
                && status.run().number() <= before.lastRun();
        return concerned ? present.endingAs(before.spec()) : present;
    }
}

package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How a service that is up is watched.
 *
 * @param startPeriod failures do not count for this long after the start of the process, until the first success
 * @param action what follows when it is unhealthy
 * @param dump taken before the stop ladder of an unhealthy service
 */
public record HealthSpec(ProbeSpec probe, Duration startPeriod, Action action, Optional<Dump> dump, Origin origin) {
    public enum Action {
        /** Stopped by its ladder; its restart policy says what comes then. */
        RESTART,
        /** Shown, and told to those that depend on its health. */
        NONE
    }

    /** A signal upon which the process writes down what it is doing, and how long that may take. */
    public record Dump(StopSpec.Step.Send signal, Duration pause) {
        /** What it adds in front of the stop ladder. */
        public List<StopSpec.Step> steps() {
            return List.of(signal, new StopSpec.Step.Wait(pause));
        }
    }
}

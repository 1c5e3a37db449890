package dev.ostler.spec;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * How a service that is up is told to read its own configuration again.
 *
 * @param steps in order: signals and what is asked; the first that fails ends it
 * @param ready how long it may take to say that it reloads and is ready again, by sd_notify(3); empty = it does not say so
 */
public record ReloadSpec(List<StopSpec.Step> steps, Optional<Duration> ready) {
    public ReloadSpec {
        steps = List.copyOf(steps);
        Objects.requireNonNull(ready, "ready");
        if (steps.stream().anyMatch(StopSpec.Step.Wait.class::isInstance)) {
            throw new IllegalArgumentException("a reload does not wait for an end");
        }
    }
}

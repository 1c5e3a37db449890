package dev.ostler.plan;

import dev.ostler.base.Origin;

/** A reason why a service cannot be launched as asked. */
public record Problem(Origin origin, String message) {
    /** {@code ostler.yaml:9:5 (services.web.user): unknown user "x"}. */
    @Override
    public String toString() {
        return origin + ": " + message;
    }
}

package dev.ostler.plan;

import dev.ostler.base.Origin;

/** Something that was asked for and is left out, as the configuration allows. */
public record Degraded(Origin origin, String text) {
    /** {@code ostler.yaml:9:5 (services.web.user): cannot run "web" as user "app": …}. */
    @Override
    public String toString() {
        return origin + ": " + text;
    }
}

package dev.ostler.yaml;

import dev.ostler.base.Origin;

/** Something wrong at one place of one file. */
public record Problem(Origin origin, String message) {
    /** {@code ostler.yaml:5:7 (services.web.readyy): unknown key "readyy", did you mean "ready"?} */
    @Override
    public String toString() {
        return origin + ": " + message;
    }
}

package dev.ostler.base;

import java.util.Objects;

/** A value together with the place that asked for it. */
public record Located<T>(T value, Origin origin) {
    public Located {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(origin, "origin");
    }
}

package dev.ostler.spec;

import java.util.Objects;

/**
 * What kind of service it is.
 *
 * @param remain whether a one-shot counts as up after its work is done
 */
public record LifecycleSpec(Type type, boolean remain) {
    public static final LifecycleSpec DEFAULT = new LifecycleSpec(Type.SIMPLE, false);

    public LifecycleSpec {
        Objects.requireNonNull(type, "type");
    }

    public enum Type {
        /** Runs until it is stopped. */
        SIMPLE,
        /** Does its work and ends; it is up when that is done. */
        ONESHOT
    }

    public boolean isOneshot() {
        return type == Type.ONESHOT;
    }
}

package dev.ostler.spec;

import dev.ostler.base.GroupName;
import java.util.List;
import java.util.Objects;

/**
 * What kind of service it is.
 *
 * @param remain whether a one-shot counts as up after its work is done
 * @param disabled started only by its own name, or by a service that needs it and was started so
 * @param groups those it belongs to
 */
public record LifecycleSpec(Type type, boolean remain, boolean disabled, List<GroupName> groups) {
    public static final LifecycleSpec DEFAULT = new LifecycleSpec(Type.SIMPLE, false, false, List.of());

    public LifecycleSpec {
        Objects.requireNonNull(type, "type");
        groups = List.copyOf(groups);
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

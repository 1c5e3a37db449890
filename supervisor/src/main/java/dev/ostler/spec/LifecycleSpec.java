package dev.ostler.spec;

import dev.ostler.base.GroupName;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What kind of service it is.
 *
 * @param remain whether a one-shot counts as up after its work is done
 * @param disabled started only by its own name, or by a service that needs it and was started so
 * @param groups those it belongs to
 * @param hooks commands that are run around it
 */
public record LifecycleSpec(
        Type type, boolean remain, boolean disabled, List<GroupName> groups, Map<HookSpec.Kind, HookSpec> hooks) {
    public static final LifecycleSpec DEFAULT = new LifecycleSpec(Type.SIMPLE, false, false, List.of(), Map.of());

    public LifecycleSpec {
        Objects.requireNonNull(type, "type");
        groups = List.copyOf(groups);
        hooks = Map.copyOf(hooks);
    }

    public enum Type {
        /** Runs until it is stopped. */
        SIMPLE,
        /** Does its work and ends; it is up when that is done. */
        ONESHOT
    }

    public Optional<HookSpec> hook(HookSpec.Kind kind) {
        return Optional.ofNullable(hooks.get(kind));
    }

    public boolean isOneshot() {
        return type == Type.ONESHOT;
    }
}

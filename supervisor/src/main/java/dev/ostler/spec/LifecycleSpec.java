package dev.ostler.spec;

import dev.ostler.base.GroupName;
import java.util.EnumMap;
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
 * @param forking how its daemon is found; present exactly when the type is {@link Type#FORKING}
 */
public record LifecycleSpec(
        Type type,
        boolean remain,
        boolean disabled,
        List<GroupName> groups,
        Map<HookSpec.Kind, HookSpec> hooks,
        Optional<ForkingSpec> forking) {
    public static final LifecycleSpec DEFAULT = new LifecycleSpec(Type.SIMPLE, false, false, List.of(), Map.of());

    public LifecycleSpec {
        Objects.requireNonNull(type, "type");
        groups = List.copyOf(groups);
        hooks = Map.copyOf(hooks);
        if (forking.isPresent() != (type == Type.FORKING)) {
            throw new IllegalArgumentException(type + " and how its daemon is found disagree");
        }
    }

    /** One that leaves no daemon behind. */
    public LifecycleSpec(
            Type type, boolean remain, boolean disabled, List<GroupName> groups, Map<HookSpec.Kind, HookSpec> hooks) {
        this(type, remain, disabled, groups, hooks, Optional.empty());
    }

    public enum Type {
        /** Runs until it is stopped. */
        SIMPLE,
        /** Does its work and ends; it is up when that is done. */
        ONESHOT,
        /** Its program puts a daemon into the background and ends; that daemon is the service. */
        FORKING
    }

    /** The same with the hooks of another version where they belong to the end of a run. */
    LifecycleSpec endingAs(LifecycleSpec other) {
        Map<HookSpec.Kind, HookSpec> all = new EnumMap<>(HookSpec.Kind.class);
        hooks.forEach((kind, hook) -> putIf(!kind.isOfEnd(), all, kind, hook));
        other.hooks.forEach((kind, hook) -> putIf(kind.isOfEnd(), all, kind, hook));
        return new LifecycleSpec(type, remain, disabled, groups, all, forking);
    }

    private static void putIf(boolean wanted, Map<HookSpec.Kind, HookSpec> all, HookSpec.Kind kind, HookSpec hook) {
        if (wanted) {
            all.put(kind, hook);
        }
    }

    public Optional<HookSpec> hook(HookSpec.Kind kind) {
        return Optional.ofNullable(hooks.get(kind));
    }

    public boolean isOneshot() {
        return type == Type.ONESHOT;
    }
}

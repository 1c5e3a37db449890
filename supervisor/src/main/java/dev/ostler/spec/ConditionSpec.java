package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.Locale;
import java.util.Objects;

/**
 * Something that must hold when a service is started.
 *
 * @param object an absolute path, the name of a network interface, or a {@link KernelCondition}'s
 */
public record ConditionSpec(Kind kind, String object, Origin origin) {
    public ConditionSpec {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(object, "object");
        Objects.requireNonNull(origin, "origin");
    }

    /** What it is about. */
    public enum Kind {
        PATH_EXISTS,
        PATH_ABSENT,
        KERNEL,
        /** The only one that is waited for; the others are looked at once for each start. */
        LINK_UP;

        /** {@code path_exists}, the key of the YAML. */
        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** {@code condition path_exists "/srv/db" does not hold at ostler.yaml:6:7 (…)}. */
    public String unmet(String why) {
        return "condition " + kind + " \"" + object + "\" does not hold" + (why.isEmpty() ? "" : ", " + why) + " at "
                + origin;
    }

    /** {@code waiting for link "eth0" to be up at ostler.yaml:6:7 (…)}. @param missing there is no such interface yet */
    public String awaited(boolean missing) {
        return "waiting for link \"" + object + "\" to be " + (missing ? "there and up" : "up") + " at " + origin;
    }
}

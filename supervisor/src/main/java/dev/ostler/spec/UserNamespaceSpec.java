package dev.ostler.spec;

import dev.ostler.base.Located;
import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The ids of a user namespace (user_namespaces(7)).
 *
 * @param uid user id inside; absent = as outside, or 0 with a map
 * @param gid group id inside; absent = as outside, or 0 with a map
 * @param uidMap ranges; empty = just the one user the service runs as
 * @param gidMap ranges; empty = just its groups
 * @param nested whether there can be further ones inside; absent = yes
 */
public record UserNamespaceSpec(
        OptionalLong uid,
        OptionalLong gid,
        List<IdRange> uidMap,
        List<IdRange> gidMap,
        Optional<Located<Boolean>> nested,
        Origin origin) {
    public UserNamespaceSpec {
        uidMap = List.copyOf(uidMap);
        gidMap = List.copyOf(gidMap);
    }

    /** {@code count} ids from {@code inside} on are those from {@code outside} on. */
    public record IdRange(long inside, long outside, long count, Origin origin) {}
}

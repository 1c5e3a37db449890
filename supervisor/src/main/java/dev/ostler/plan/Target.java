package dev.ostler.plan;

import java.util.List;

/**
 * Who a service runs as.
 *
 * @param name user name, or the number when the user database has none
 * @param groups supplementary groups
 */
public record Target(String name, long uid, long gid, List<Long> groups, String home, String shell) {
    public Target {
        groups = List.copyOf(groups);
    }
}

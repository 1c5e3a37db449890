package dev.ostler.spec;

import dev.ostler.base.Origin;
import java.util.List;
import java.util.Optional;

/**
 * A system call, or a group of them, in a list.
 *
 * @param call a name of {@link dev.ostler.base.Syscalls} or, with an {@code @}, of {@link dev.ostler.base.SyscallGroups}
 * @param conditions that all must hold; none for a group
 * @param action of a denied call; absent = what the filter says for all
 */
public record SeccompItem(
        String call, List<SeccompCondition> conditions, Optional<SeccompAction> action, Origin origin) {
    public SeccompItem {
        conditions = List.copyOf(conditions);
    }

    public boolean isGroup() {
        return call.startsWith("@");
    }
}

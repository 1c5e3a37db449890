package dev.ostler.service;

import dev.ostler.base.ServiceName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/**
 * The statuses of all services, and what is asked about all of them after every event, kept at hand so that an event costs
 * the same with a thousand services. The loop's thread.
 */
final class StatusTable {
    private final Map<ServiceName, ServiceStatus> statuses = new LinkedHashMap<>();
    private final NavigableMap<Long, Set<ServiceName>> deadlines = new TreeMap<>();
    private int alive;
    private int starting;
    private int failed;
    private int wanted;
    private int ended;

    /** Null where there is none. */
    ServiceStatus get(ServiceName name) {
        return statuses.get(name);
    }

    /** In the order in which the names came in. */
    Collection<ServiceStatus> all() {
        return Collections.unmodifiableCollection(statuses.values());
    }

    void put(ServiceStatus status) {
        ServiceStatus before = statuses.put(status.name(), status);
        if (before != null) {
            count(before, -1);
        }
        count(status, 1);
        OptionalLong due = status.dueNanos();
        OptionalLong dueBefore = before == null ? OptionalLong.empty() : before.dueNanos();
        if (dueBefore.equals(due)) {
            return;
        }
        if (dueBefore.isPresent()) {
            forget(dueBefore.getAsLong(), status.name());
        }
        if (due.isPresent()) {
            deadlines
                    .computeIfAbsent(due.getAsLong(), nanos -> new LinkedHashSet<>(2))
                    .add(status.name());
        }
    }

    private void count(ServiceStatus status, int by) {
        alive += status.state().isAlive() ? by : 0;
        starting += status.state() == ServiceState.STARTING ? by : 0;
        failed += ProjectEnd.hasFailed(status) ? by : 0;
        if (status.wanted() == Wanted.UP) {
            wanted += by;
            ended += ProjectEnd.hasEnded(status) ? by : 0;
        }
    }

    /** Whether one has failed, or all that are wanted have ended. */
    boolean mayBeEnd() {
        return failed > 0 || ended == wanted;
    }

    private void forget(long deadline, ServiceName name) {
        Set<ServiceName> names = deadlines.get(deadline);
        names.remove(name);
        if (names.isEmpty()) {
            deadlines.remove(deadline);
        }
    }

    /** Whether a process of any service is left. */
    boolean hasAlive() {
        return alive > 0;
    }

    /** Whether a launch is under way. */
    boolean hasStarting() {
        return starting > 0;
    }

    OptionalLong nextDeadlineNanos() {
        return deadlines.isEmpty() ? OptionalLong.empty() : OptionalLong.of(deadlines.firstKey());
    }

    /** Those whose deadline has been reached. */
    List<ServiceName> due(long nowNanos) {
        List<ServiceName> due = new ArrayList<>();
        deadlines.headMap(nowNanos, true).values().forEach(due::addAll);
        return due;
    }
}

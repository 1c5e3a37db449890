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
            before.dueNanos().ifPresent(deadline -> forget(deadline, before.name()));
        }
        count(status, 1);
        status.dueNanos()
                .ifPresent(deadline -> deadlines
                        .computeIfAbsent(deadline, nanos -> new LinkedHashSet<>())
                        .add(status.name()));
    }

    private void count(ServiceStatus status, int by) {
        alive += status.state().isAlive() ? by : 0;
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

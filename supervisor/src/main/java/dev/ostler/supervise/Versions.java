package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Each service as it is configured now, and as it was when a run that is older than the latest change was launched. Loop
 * thread only.
 */
final class Versions {
    private final Map<ServiceName, CompiledService> present = new LinkedHashMap<>();
    private List<CompiledService> inOrder = List.of();
    private final Map<ServiceName, Old> old = new HashMap<>();

    /** @param lastRun number of the last run that was launched so */
    private record Old(CompiledService service, int lastRun) {}

    /** In the order of the file. */
    List<CompiledService> present() {
        return inOrder;
    }

    Set<ServiceName> names() {
        return Collections.unmodifiableSet(present.keySet());
    }

    Optional<CompiledService> present(ServiceName name) {
        return Optional.ofNullable(present.get(name));
    }

    /**
     * As the run was launched.
     *
     * @throws IllegalArgumentException when there is no such service
     */
    CompiledService of(RunKey run) {
        Old before = old.get(run.service());
        if (before != null && run.run() <= before.lastRun()) {
            return before.service();
        }
        return present(run.service())
                .orElseThrow(() -> new IllegalArgumentException("no service \"" + run.service() + "\""));
    }

    /** @param latestRun number of the latest run of each service, 0 when there was none */
    void replace(List<CompiledService> services, ToIntFunction<ServiceName> latestRun) {
        for (CompiledService service : services) {
            CompiledService before = present.get(service.name());
            int latest = latestRun.applyAsInt(service.name());
            boolean launched =
                    !old.containsKey(service.name()) || old.get(service.name()).lastRun() < latest;
            if (before != null && launched) { // else nothing of this run was launched as it was in between
                old.put(service.name(), new Old(before, latest));
            }
        }
        present.clear();
        services.forEach(service -> present.put(service.name(), service));
        inOrder = List.copyOf(present.values());
        old.keySet().retainAll(present.keySet());
    }

    /** Runs up to {@code lastRun} were launched as {@code service} says: an earlier supervisor was in the middle of a change. */
    void launchedAs(CompiledService service, int lastRun) {
        old.put(service.name(), new Old(service, lastRun));
    }
}

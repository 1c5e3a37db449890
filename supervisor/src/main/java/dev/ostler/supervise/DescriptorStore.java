package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.notify.NotifyMessage;
import dev.ostler.output.Logs;
import dev.ostler.plan.StoredDescriptors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Descriptors that services have handed over (FDSTORE=1, sd_notify(3)), for their next runs. The keeper holds each too, so they
 * outlive both the service and this process. They are let go of when the service is down for good. Loop thread only.
 */
final class DescriptorStore {
    private final KeeperClient keeper;
    private final EventLoop loop;
    private final Logs logs;
    private final Map<ServiceName, StoredOfService> shelves = new HashMap<>();

    DescriptorStore(KeeperClient keeper, EventLoop loop, Logs logs) {
        this.keeper = keeper;
        this.loop = loop;
        this.logs = logs;
    }

    private StoredOfService shelf(ServiceName service) {
        return shelves.computeIfAbsent(service, name -> new StoredOfService(name, keeper, loop));
    }

    /**
     * Does what a message asks. One that is stored already is not stored again: a message may be dealt with twice.
     *
     * @param service as the run was launched
     * @param descriptors stay the caller's
     * @return objections, for people
     */
    List<String> accept(CompiledService service, RunKey run, NotifyMessage.Stored asked, Collection<Fd> descriptors) {
        if (asked.remove()) {
            return remove(run.service(), asked.name());
        }
        List<String> objections = new ArrayList<>();
        int max = StoredDescriptors.max(service.spec());
        String name = asked.name().orElse("stored"); // as systemd calls it
        for (Fd descriptor : asked.store() ? descriptors : List.<Fd>of()) {
            StoredOfService shelf = shelf(run.service());
            if (shelf.holds(descriptor)) {
                continue;
            }
            if (shelf.size() >= max) {
                objections.add("descriptor \"" + name + "\" not stored: "
                        + (max == 0
                                ? "there is no file_descriptor_store_max"
                                : "there are " + max + " already, file_descriptor_store_max"));
                continue;
            }
            try {
                shelf.add(descriptor, name, asked.poll(), why -> logs.event(run, why));
                logs.event(run, "descriptor \"" + name + "\" stored");
            } catch (KernelException e) {
                objections.add("descriptor \"" + name + "\" not stored: " + e.getMessage());
            }
        }
        return objections;
    }

    private List<String> remove(ServiceName service, Optional<String> name) {
        if (name.isEmpty()) {
            return List.of("FDSTOREREMOVE=1 without FDNAME=");
        }
        Optional.ofNullable(shelves.get(service)).ifPresent(shelf -> shelf.remove(name.get()));
        return List.of();
    }

    /**
     * What a run that is about to be asked for gets; what is more than the service may have by now is let go of.
     *
     * @param copies gets the descriptors; the caller's, also when it fails
     * @return their names
     */
    List<String> give(CompiledService service, RunKey run, List<Fd> copies) {
        StoredOfService shelf = shelves.get(service.name());
        if (shelf == null) {
            return List.of();
        }
        shelf.keepFirst(StoredDescriptors.max(service.spec()));
        return shelf.give(run.run(), copies);
    }

    /** The names of those that a run was given. */
    List<String> givenTo(RunKey run) {
        return Optional.ofNullable(shelves.get(run.service()))
                .map(shelf -> shelf.givenTo(run.run()))
                .orElse(List.of());
    }

    /** What a service has stored: this process's numbers, and its own names. */
    Map<Integer, String> of(ServiceName service) {
        return Optional.ofNullable(shelves.get(service))
                .map(StoredOfService::all)
                .orElse(new LinkedHashMap<>());
    }

    /** Lets go of those of services that are down for good. */
    void release(Predicate<ServiceName> isOver) {
        if (!shelves.isEmpty()) {
            List.copyOf(shelves.keySet()).stream()
                    .filter(isOver)
                    .forEach(service -> shelves.remove(service).close());
        }
    }

    /** Until one was given something it is the first that has stored all of it. */
    private static RunKey givenLast(CompiledService service, int run) {
        return new RunKey(service.name(), Math.max(1, run));
    }

    /** Takes over what an earlier supervisor has left with the keeper. */
    void adopt(Collection<CompiledService> services, Map<String, Fd> held) {
        for (CompiledService service : services) {
            StoredOfService shelf = new StoredOfService(service.name(), keeper, loop);
            if (shelf.adopt(held, (run, why) -> logs.event(givenLast(service, run), why))) {
                shelves.put(service.name(), shelf);
            }
        }
    }
}

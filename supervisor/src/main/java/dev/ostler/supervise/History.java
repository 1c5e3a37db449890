package dev.ostler.supervise;

import dev.ostler.service.ServiceState;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** The latest changes of state, for who asks later and for who listens. Begins with each supervisor. Loop thread only. */
public final class History {
    /** Some minutes of a crash loop of many services, and about 300 KB. */
    static final int CAPACITY = 1000;

    private final Deque<Happening> latest = new ArrayDeque<>();
    private final Set<Consumer<Happening>> listeners = new LinkedHashSet<>();
    private long count;

    /**
     * One change of state.
     *
     * @param number counts all of this supervisor's, from 1
     * @param run the service's run it belongs to, 0 before the first one
     */
    public record Happening(
            long number, Instant at, String service, int run, ServiceState from, ServiceState to, String reason) {}

    void add(Instant at, String service, int run, ServiceState from, ServiceState to, String reason) {
        Happening happening = new Happening(++count, at, service, run, from, to, reason);
        if (latest.size() == CAPACITY) {
            latest.removeFirst();
        }
        latest.addLast(happening);
        if (!listeners.isEmpty()) {
            List.copyOf(listeners).forEach(listener -> listener.accept(happening));
        }
    }

    /** The oldest first. */
    public Collection<Happening> latest() {
        return new ArrayList<>(latest);
    }

    /** Tells what happens from now on; what is returned ends that. */
    public Runnable listen(Consumer<Happening> listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}

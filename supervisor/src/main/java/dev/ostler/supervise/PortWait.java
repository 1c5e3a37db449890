package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.TcpListeners;
import dev.ostler.loop.EventLoop;
import dev.ostler.spec.FreePortsSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Holds a launch back while somebody listens on a port that it needs. The kernel tells nobody without CAP_NET_ADMIN that a
 * socket has gone, so it is asked again and again, for as long as the YAML allows. Loop thread only.
 */
final class PortWait {
    private static final Duration INTERVAL = Duration.ofMillis(50);

    private final EventLoop loop;
    private final Clock clock;
    private final Predicate<RunKey> wanted;
    private final Map<ServiceName, Integer> waiting = new HashMap<>();

    /** @param wanted whether a run is still to be launched */
    PortWait(EventLoop loop, Clock clock, Predicate<RunKey> wanted) {
        this.loop = loop;
        this.clock = clock;
        this.wanted = wanted;
    }

    /**
     * Exactly one of the two is called, at once when there is nothing to wait for.
     *
     * @param refused gets why there can be no launch
     */
    void await(FreePortsSpec spec, RunKey key, Runnable free, Consumer<String> refused) {
        look(spec, key, clock.monotonicNanos() + spec.within().toNanos(), free, refused);
    }

    private void look(FreePortsSpec spec, RunKey key, long untilNanos, Runnable free, Consumer<String> refused) {
        if (spec.ports().isEmpty()) {
            waiting.remove(key.service());
            free.run();
            return;
        }
        Optional<Integer> held = spec.ports().stream()
                .filter(port -> TcpListeners.on(port).isPresent())
                .findFirst();
        waiting.remove(key.service());
        if (held.isEmpty()) {
            free.run();
        } else if (clock.monotonicNanos() >= untilNanos) {
            PortHolder.name(loop, held.get(), refused);
        } else {
            waiting.put(key.service(), held.get());
            loop.timers().schedule(clock.monotonicNanos() + INTERVAL.toNanos(), () -> {
                if (wanted.test(key)) {
                    look(spec, key, untilNanos, free, refused);
                } else {
                    waiting.remove(key.service());
                    refused.accept("port " + held.get() + " was not free yet when its stop was requested");
                }
            });
        }
    }

    /** Says why a launch cannot even be asked for, with the holder of the port where that is the reason. */
    void explain(LaunchProblem problem, Consumer<String> told) {
        if (problem.takenPort().isPresent()) {
            PortHolder.name(
                    loop, problem.takenPort().getAsInt(), holder -> told.accept(problem.getMessage() + "; " + holder));
        } else {
            told.accept(problem.getMessage());
        }
    }

    /** Why a launch that was asked for is not made yet. */
    Optional<String> obstacle(ServiceName service) {
        return Optional.ofNullable(waiting.get(service)).map(port -> "waiting for port " + port + " to be free");
    }
}

package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.Fd;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the sockets of services that are down until something comes in. A service that ends and leaves it there would be started
 * again and again: after some starts in a short time it is left alone for a while. Loop thread only.
 */
final class TrafficWatch {
    private static final Logger LOG = LoggerFactory.getLogger(TrafficWatch.class);

    private final EventLoop loop;
    private final Clock clock;
    private final Consumer<ServiceName> onTraffic;
    private final Set<ServiceName> armed = new HashSet<>();
    private final Map<ServiceName, List<Registration>> watched = new HashMap<>();
    private final StartLimit limit = new StartLimit();
    private final Set<ServiceName> resting = new HashSet<>();
    private final Map<ServiceName, Supplier<List<Fd>>> sockets = new HashMap<>();

    TrafficWatch(EventLoop loop, Clock clock, Consumer<ServiceName> onTraffic) {
        this.loop = loop;
        this.clock = clock;
        this.onTraffic = onTraffic;
    }

    /**
     * Begins or ends to watch; nothing when that is so already.
     *
     * @param open those of the service, asked for when it is to be watched; they stay open until {@link #release}
     */
    void set(ServiceName service, boolean isArmed, Supplier<List<Fd>> open) {
        sockets.put(service, open);
        boolean changed = isArmed ? armed.add(service) : armed.remove(service);
        if (changed && isArmed && !resting.contains(service)) {
            begin(service);
        } else if (changed) {
            end(service);
        }
    }

    /** A socket of it is about to be closed: with the next {@link #set} it is watched afresh. */
    void release(ServiceName service) {
        armed.remove(service);
        resting.remove(service);
        end(service);
    }

    private void begin(ServiceName service) {
        List<Registration> registrations = new ArrayList<>();
        try {
            List<Fd> open = sockets.get(service).get();
            watched.put(service, registrations);
            for (Fd socket : open) {
                registrations.add(loop.register(
                        Priority.IO, socket, LinuxConstants.EPOLLIN, (events, now) -> traffic(service, now)));
            }
        } catch (
                LaunchProblem
                        e) { // the port is taken by another: looked at again as a service that starts too often is
            LOG.warn("service={} event=socket-refused reason=\"{}\"", service, e.getMessage());
            end(service);
            rest(service, clock.monotonicNanos());
        }
    }

    private void end(ServiceName service) {
        watched.getOrDefault(service, List.of()).forEach(Registration::close);
        watched.remove(service);
    }

    private void traffic(ServiceName service, long nowNanos) {
        if (!watched.containsKey(service)) {
            return; // its other socket was first
        }
        end(service);
        armed.remove(service);
        if (limit.allows(service, nowNanos)) {
            onTraffic.accept(service);
        } else {
            String text = StartLimit.text("what came in is still there");
            LOG.warn("service={} event=traffic-ignored reason=\"{}\"", service, text);
            armed.add(service);
            rest(service, nowNanos);
        }
    }

    private void rest(ServiceName service, long nowNanos) {
        resting.add(service);
        loop.timers().schedule(nowNanos + StartLimit.WITHIN.toNanos(), () -> {
            if (resting.remove(service) && armed.contains(service)) {
                begin(service);
            }
        });
    }
}

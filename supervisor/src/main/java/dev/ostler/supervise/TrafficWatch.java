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

    TrafficWatch(EventLoop loop, Clock clock, Consumer<ServiceName> onTraffic) {
        this.loop = loop;
        this.clock = clock;
        this.onTraffic = onTraffic;
    }

    /**
     * Begins or ends to watch; nothing when that is so already.
     *
     * @param sockets those of the service, asked for when it is to be watched; they stay open as long as it is
     */
    void set(ServiceName service, boolean isArmed, Supplier<List<Fd>> sockets) {
        boolean changed = isArmed ? armed.add(service) : armed.remove(service);
        if (changed && isArmed && !resting.contains(service)) {
            begin(service, sockets);
        } else if (changed && watched.containsKey(service)) {
            end(service);
        }
    }

    private void begin(ServiceName service, Supplier<List<Fd>> sockets) {
        List<Registration> registrations = new ArrayList<>();
        watched.put(service, registrations);
        try {
            for (Fd socket : sockets.get()) {
                registrations.add(loop.register(
                        Priority.IO, socket, LinuxConstants.EPOLLIN, (events, now) -> traffic(service, now, sockets)));
            }
        } catch (
                LaunchProblem
                        e) { // the port is taken by another: looked at again as a service that starts too often is
            LOG.warn("service={} event=socket-refused reason=\"{}\"", service, e.getMessage());
            end(service);
            rest(service, clock.monotonicNanos(), sockets);
        }
    }

    private void end(ServiceName service) {
        watched.remove(service).forEach(Registration::close);
    }

    private void traffic(ServiceName service, long nowNanos, Supplier<List<Fd>> sockets) {
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
            rest(service, nowNanos, sockets);
        }
    }

    private void rest(ServiceName service, long nowNanos, Supplier<List<Fd>> sockets) {
        resting.add(service);
        loop.timers().schedule(nowNanos + StartLimit.WITHIN.toNanos(), () -> {
            resting.remove(service);
            if (armed.contains(service)) {
                begin(service, sockets);
            }
        });
    }
}

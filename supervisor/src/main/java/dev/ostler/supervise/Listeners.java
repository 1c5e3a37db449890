package dev.ostler.supervise;

import dev.ostler.activation.Listener;
import dev.ostler.base.Clock;
import dev.ostler.base.Located;
import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Accounts;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.spec.SocketSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets that are open for services: from the start of the project to its end, whatever becomes of the services. The keeper
 * holds each too, so no connection is refused while there is no supervisor. Loop thread only.
 */
final class Listeners {
    private static final Logger LOG = LoggerFactory.getLogger(Listeners.class);

    private final KeeperClient keeper;
    private final EventLoop loop;
    private final Accounts accounts = new Accounts();
    private final Map<String, Fd> open = new HashMap<>();
    private final TrafficWatch watch;

    /** @param onTraffic called when something has come in on a socket of a service that is watched */
    Listeners(KeeperClient keeper, EventLoop loop, Clock clock, Consumer<ServiceName> onTraffic) {
        this.keeper = keeper;
        this.loop = loop;
        this.watch = new TrafficWatch(loop, clock, onTraffic);
    }

    /** Watches the sockets of an armed service, and no other. */
    void watch(CompiledService service, boolean armed) {
        if (service.spec().activation().onTraffic()) {
            watch.set(service.name(), armed, () -> sockets(service));
        }
    }

    /** What comes in does not start it any more. */
    void unwatch(ServiceName service) {
        watch.set(service, false, List::of);
    }

    private List<Fd> sockets(CompiledService service) {
        List<Fd> sockets = new ArrayList<>();
        for (SocketSpec socket : service.spec().activation().sockets()) {
            sockets.add(open(service, socket));
        }
        return sockets;
    }

    private static String storeName(ServiceName service, SocketSpec socket) {
        return "socket/" + service + "/" + socket.name();
    }

    private static ServiceName serviceOf(String storeName) {
        return new ServiceName(storeName.split("/", 3)[1]);
    }

    /** Opens what can be opened; what cannot is tried again, and said, when its service is launched. */
    void openAll(Collection<CompiledService> services) {
        closeOthers(services);
        for (CompiledService service : services) {
            for (SocketSpec socket : service.spec().activation().sockets()) {
                try {
                    open(service, socket);
                } catch (LaunchProblem e) {
                    LOG.warn("service={} event=socket-refused reason=\"{}\"", service.name(), e.getMessage());
                    e.takenPort()
                            .ifPresent(port -> PortHolder.name(
                                    loop,
                                    port,
                                    holder -> LOG.warn(
                                            "service={} event=port-taken reason=\"{}\"", service.name(), holder)));
                }
            }
        }
    }

    /** What a configuration of before had, and the present one has not. */
    private void closeOthers(Collection<CompiledService> services) {
        Set<String> wanted = new HashSet<>();
        services.forEach(service ->
                service.spec().activation().sockets().forEach(socket -> wanted.add(storeName(service.name(), socket))));
        List.copyOf(open.keySet()).stream()
                .filter(name -> !wanted.contains(name))
                .forEach(this::drop);
    }

    private void drop(String name) {
        watch.release(serviceOf(name)); // epoll goes on watching what is open elsewhere, as in the keeper
        open.remove(name).close();
        keeper.send(new KeeperRequest.Drop(name), List.of(), reply -> {});
    }

    /**
     * Those of a service, in its order; the caller owns them.
     *
     * @throws LaunchProblem when one cannot be opened
     */
    List<Fd> of(CompiledService service) {
        List<Fd> sockets = new ArrayList<>();
        try {
            for (SocketSpec socket : service.spec().activation().sockets()) {
                sockets.add(open(service, socket).dup());
            }
            return sockets;
        } catch (RuntimeException e) {
            sockets.forEach(Fd::close);
            throw e;
        }
    }

    private Fd open(CompiledService service, SocketSpec socket) {
        String name = storeName(service.name(), socket);
        Fd known = open.get(name);
        if (known != null && Listener.difference(known, socket).isEmpty()) {
            return known;
        }
        if (known != null) { // its address has changed
            drop(name);
        }
        Listener.Opened opened;
        try {
            opened = Listener.open(socket, owner(service, socket));
        } catch (KernelException e) {
            throw new LaunchProblem(
                    "cannot listen on " + socket.address() + ": " + e.getMessage() + " at " + socket.origin(),
                    e,
                    takenPort(socket, e));
        }
        opened.notes()
                .forEach(note -> LOG.warn(
                        "service={} socket={} event=degraded reason=\"{}\"", service.name(), socket.name(), note));
        keep(name, opened.fd());
        return opened.fd();
    }

    private static int takenPort(SocketSpec socket, KernelException refusal) {
        boolean tcp = socket.address() instanceof SocketSpec.Inet inet && inet.tcp();
        return tcp && refusal.is(Errno.EADDRINUSE) ? ((SocketSpec.Inet) socket.address()).port() : 0;
    }

    private void keep(String name, Fd socket) {
        open.put(name, socket);
        keeper.send(new KeeperRequest.Store(name), List.of(socket.dup()));
    }

    private Listener.Owner owner(CompiledService service, SocketSpec socket) {
        Optional<Located<String>> asked =
                socket.address() instanceof SocketSpec.Unix unix ? unix.owner() : Optional.empty();
        if (asked.isEmpty()) {
            return new Listener.Owner(service.target().uid(), service.target().gid());
        }
        String[] words = asked.get().value().split(":", 2);
        var user = accounts.user(words[0])
                .orElseThrow(() -> new LaunchProblem(
                        "unknown user \"" + words[0] + "\" at " + asked.get().origin()));
        OptionalLong group = words.length == 2 ? accounts.group(words[1]) : user.gid();
        return new Listener.Owner(
                user.uid(),
                group.orElseThrow(() -> new LaunchProblem("no group for \""
                        + asked.get().value() + "\" at " + asked.get().origin())));
    }

    /** Takes those that an earlier supervisor has opened out of what the keeper holds; each must be what is asked for. */
    void adopt(Collection<CompiledService> services, Map<String, Fd> stored) {
        for (CompiledService service : services) {
            for (SocketSpec socket : service.spec().activation().sockets()) {
                String name = storeName(service.name(), socket);
                Fd held = stored.remove(name);
                if (held == null) {
                    continue;
                }
                Optional<String> difference = Listener.difference(held, socket);
                if (difference.isEmpty()) {
                    open.put(name, held);
                } else {
                    LOG.error(
                            "service={} socket={} event=socket-differs reason=\"{}\"",
                            service.name(),
                            socket.name(),
                            difference.get());
                    held.close();
                    keeper.send(new KeeperRequest.Drop(name), List.of(), reply -> {});
                }
            }
        }
    }

    /** At the end of the project: no file of a socket is left behind. */
    void removeFiles(Collection<CompiledService> services) {
        for (CompiledService service : services) {
            for (SocketSpec socket : service.spec().activation().sockets()) {
                if (socket.address() instanceof SocketSpec.Unix unix
                        && open.containsKey(storeName(service.name(), socket))) {
                    Listener.remove(unix.path());
                }
            }
        }
    }
}

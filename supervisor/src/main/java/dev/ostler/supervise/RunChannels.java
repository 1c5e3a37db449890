package dev.ostler.supervise;

import dev.ostler.base.RunKey;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Datagram;
import dev.ostler.linux.Datagrams;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.Pipe;
import dev.ostler.linux.SeqPacket;
import dev.ostler.loop.EventLoop;
import dev.ostler.plan.PassedDescriptor;
import dev.ostler.plan.PassedDescriptor.Kind;
import dev.ostler.service.Event;
import dev.ostler.service.Notice;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The ways by which runs tell something of themselves: readiness descriptors and notification sockets. The keeper holds each of
 * them too, so what is said while no supervisor lives waits for the next one. Loop thread only.
 */
final class RunChannels {
    private final EventLoop loop;
    private final KeeperClient keeper;
    private final EventSink events;
    private final BiConsumer<RunKey, Datagram> messages;
    private final Listeners listeners;
    private final DescriptorStore stored;
    private final Map<RunKey, Map<Kind, RunChannel>> channels = new HashMap<>();
    private Optional<Datagrams> datagrams = Optional.empty();

    /** @param messages deals with one message of sd_notify(3) */
    RunChannels(
            EventLoop loop,
            KeeperClient keeper,
            EventSink events,
            BiConsumer<RunKey, Datagram> messages,
            Listeners listeners,
            DescriptorStore stored) {
        this.listeners = listeners;
        this.stored = stored;
        this.loop = loop;
        this.keeper = keeper;
        this.events = events;
        this.messages = messages;
    }

    private static String storeName(Kind kind, RunKey key) {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + key.service() + "/" + key.run();
    }

    /** Makes those of a run that is about to be asked for; returns the ends it gets, in the order of the plan. */
    List<Fd> open(CompiledService service, RunKey key) {
        List<Fd> passed = new ArrayList<>(listeners.of(service));
        try {
            for (PassedDescriptor one : PassedDescriptor.of(service.spec())) {
                if (one.kind() != Kind.SOCKET) { // those come first, in the same order
                    passed.add(open(one.kind(), key));
                }
            }
            return passed;
        } catch (RuntimeException e) {
            passed.forEach(Fd::close);
            throw e;
        }
    }

    /** What earlier runs have stored for a run that is about to be asked for: adds it to {@code copies}, returns the names. */
    List<String> stored(CompiledService service, RunKey key, List<Fd> copies) {
        return stored.give(service, key, copies);
    }

    private Fd open(Kind kind, RunKey key) {
        Fd own;
        Fd passed;
        if (kind == Kind.READY) {
            Pipe pipe = Descriptors.pipeToRead();
            own = pipe.readEnd();
            passed = pipe.writeEnd();
        } else {
            List<Fd> pair = SeqPacket.socketPair();
            own = pair.get(0);
            passed = pair.get(1);
        }
        keep(kind, key, own.dup());
        listen(kind, key, own);
        return passed;
    }

    private void keep(Kind kind, RunKey key, Fd fd) {
        keeper.send(new KeeperRequest.Store(storeName(kind, key)), List.of(fd));
    }

    private void listen(Kind kind, RunKey key, Fd own) {
        RunChannel channel;
        if (kind == Kind.READY) {
            Event ready = new Event.Notified(key.run(), Notice.READY);
            channel = new ReadyChannel(own, loop, () -> events.accept(key.service(), ready), () -> drop(kind, key));
        } else {
            channel = new NotifyChannel(
                    own, loop, receiver(), socket -> keep(kind, key, socket), message -> messages.accept(key, message));
        }
        channels.computeIfAbsent(key, any -> new EnumMap<>(Kind.class)).put(kind, channel);
    }

    /** Not before it is used: most projects have no such service. */
    private Datagrams receiver() {
        if (datagrams.isEmpty()) {
            datagrams = Optional.of(new Datagrams());
        }
        return datagrams.get();
    }

    /** Takes over those of a run that an earlier supervisor has started, out of what the keeper holds. */
    void adopt(RunKey key, Map<String, Fd> stored) {
        for (Kind kind : List.of(Kind.READY, Kind.NOTIFY)) {
            Fd own = stored.remove(storeName(kind, key));
            if (own != null) {
                listen(kind, key, own);
            }
        }
    }

    /** Deals with all that a run has said so far: before its end is told. */
    void drain(RunKey key) {
        List.copyOf(channels.getOrDefault(key, Map.of()).values()).forEach(RunChannel::drain);
    }

    /** The run is over. */
    void close(RunKey key) {
        Map<Kind, RunChannel> own = channels.remove(key);
        if (own != null) {
            own.forEach((kind, channel) -> {
                channel.close();
                drop(kind, key);
            });
        }
    }

    private void drop(Kind kind, RunKey key) {
        keeper.send(new KeeperRequest.Drop(storeName(kind, key)), List.of(), reply -> {}); // it may be gone already
    }
}

package dev.ostler.daemon;

import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperCodec;
import dev.ostler.keeper.KeeperEvent;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Fd;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the keeper tells a new supervisor before anything else: hello, then all it holds, to the end of the list. Loop thread
 * only.
 */
final class Handover {
    private final Map<String, Fd> stored = new HashMap<>();
    private final List<KeeperClient.Delivery> runs = new ArrayList<>();
    private Optional<KeeperEvent.Hello> hello = Optional.empty();
    private boolean complete;

    /** Takes one event; {@code keeper} is asked for the next page where there is one. */
    void accept(KeeperClient.Delivery delivery, KeeperClient keeper) {
        KeeperEvent event = delivery.event();
        if (event instanceof KeeperEvent.Hello first) {
            if (first.version() != KeeperCodec.VERSION) {
                throw new IllegalStateException("the keeper speaks version " + first.version()
                        + " of the protocol, not " + KeeperCodec.VERSION);
            }
            hello = Optional.of(first);
            // First, so that the list has all that was launched by it.
            keeper.send(new KeeperRequest.DisarmAll(), List.of());
            keeper.send(new KeeperRequest.ListFrom(0), List.of());
        } else if (event instanceof KeeperEvent.Stored entry) {
            stored.put(entry.name(), delivery.descriptors().get(0));
        } else if (event instanceof KeeperEvent.OfRun) {
            runs.add(delivery);
        } else if (event instanceof KeeperEvent.ListEnd end) {
            complete = end.nextCursor() == 0;
            if (!complete) {
                keeper.send(new KeeperRequest.ListFrom(end.nextCursor()), List.of());
            }
        }
    }

    boolean isComplete() {
        return complete;
    }

    KeeperEvent.Hello hello() {
        return hello.orElseThrow();
    }

    /** Takes a stored descriptor out; the caller owns it. */
    Optional<Fd> take(String name) {
        return Optional.ofNullable(stored.remove(name));
    }

    /** What was not taken. */
    Map<String, Fd> rest() {
        return stored;
    }

    List<KeeperClient.Delivery> runs() {
        return runs;
    }
}

package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LateClose;
import dev.ostler.linux.Memfd;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one service has stored: in the keeper {@code stored/SERVICE/NUMBER} each, and {@code stored/SERVICE}, the index of them.
 * Both are sent in one packet, so an index names nothing that is not there. Loop thread only.
 */
final class StoredOfService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StoredOfService.class);

    private final ServiceName service;
    private final KeeperClient keeper;
    private final EventLoop loop;
    private final Map<StoreIndex.Item, Fd> descriptors = new LinkedHashMap<>();
    private final Map<StoreIndex.Item, Registration> watches = new HashMap<>();
    private StoreIndex index = StoreIndex.EMPTY;

    StoredOfService(ServiceName service, KeeperClient keeper, EventLoop loop) {
        this.service = service;
        this.keeper = keeper;
        this.loop = loop;
    }

    private String storeName() {
        return "stored/" + service;
    }

    private String storeName(StoreIndex.Item item) {
        return storeName() + "/" + item.number();
    }

    int size() {
        return index.items().size();
    }

    boolean holds(Fd descriptor) {
        return descriptors.values().stream().anyMatch(own -> isSame(own, descriptor));
    }

    /** Where the kernel may not be asked of descriptions (kcmp(2) needs rights in a container), the same file counts. */
    private static boolean isSame(Fd own, Fd descriptor) {
        try {
            return Descriptors.sameDescription(own, descriptor);
        } catch (KernelException ignored) { // answered by the next best
            return Descriptors.identity(own).isSameFile(Descriptors.identity(descriptor));
        }
    }

    /**
     * Stores one.
     *
     * @param descriptor stays the caller's
     * @param onDropped told why, when it is let go of although nobody asked for that
     * @throws KernelException when there is no descriptor left for it; nothing is stored
     */
    void add(Fd descriptor, String name, boolean poll, Consumer<String> onDropped) {
        StoreIndex more = index.with(name, poll);
        StoreIndex.Item item = more.items().get(more.items().size() - 1);
        List<Fd> needed = new ArrayList<>();
        try {
            needed.add(descriptor.dup());
            needed.add(descriptor.dup());
            needed.add(text(more));
        } catch (KernelException e) {
            needed.forEach(Fd::close);
            throw e;
        }
        index = more;
        descriptors.put(item, needed.get(0));
        keeper.together(() -> {
            keeper.send(
                    new KeeperRequest.Store(storeName(item)),
                    List.of(needed.get(1)),
                    refusal -> refusal.ifPresent(errno -> drop(item, "keeper: " + errno, onDropped)));
            store(needed.get(2));
        });
        watch(item, onDropped);
    }

    private static Fd text(StoreIndex index) {
        return Memfd.sealed("ostler-stored", ByteBuffer.wrap(index.encode()));
    }

    private void store(Fd text) {
        keeper.send(new KeeperRequest.Store(storeName()), List.of(text), refusal -> {}); // a full store refuses both
    }

    /** One that names more than there is does no harm. */
    private void storeLess() {
        try {
            store(text(index));
        } catch (KernelException e) { // no descriptors left
            LOG.warn("service={} event=index-not-stored reason=\"{}\"", service, e.getMessage());
        }
    }

    private void watch(StoreIndex.Item item, Consumer<String> onDropped) {
        if (!item.poll() || !descriptors.containsKey(item)) {
            return;
        }
        try {
            watches.put(
                    item,
                    loop.register(
                            Priority.IO,
                            descriptors.get(item),
                            0, // EPOLLHUP and EPOLLERR are told in any case
                            (events, now) -> drop(item, "its other end is closed, or has failed", onDropped)));
        } catch (KernelException ignored) { // a file, which has no other end (EPERM), or no room for one more watch
            watches.remove(item);
        }
    }

    private void drop(StoreIndex.Item item, String why, Consumer<String> onDropped) {
        if (descriptors.containsKey(item)) {
            onDropped.accept("descriptor \"" + item.name() + "\" is not stored any more: " + why);
            remove(List.of(item));
        }
    }

    /** All of that name. */
    void remove(String name) {
        remove(index.items().stream().filter(item -> item.name().equals(name)).toList());
    }

    void keepFirst(int count) {
        remove(index.items().stream().skip(count).toList());
    }

    private void remove(List<StoreIndex.Item> items) {
        if (items.isEmpty()) {
            return;
        }
        items.forEach(item -> index = index.without(item));
        keeper.together(() -> {
            items.forEach(this::letGo);
            storeLess();
        });
    }

    /** The keeper closes it first: the last close may take long, and the keeper has no other thread. */
    private void letGo(StoreIndex.Item item) {
        Registration watch = watches.remove(item);
        if (watch != null) {
            watch.close();
        }
        Fd own = descriptors.remove(item);
        forget(storeName(item), () -> LateClose.close(own));
    }

    private void forget(String name, Runnable then) {
        keeper.send(new KeeperRequest.Drop(name), List.of(), refusal -> then.run()); // refused: it was never stored
    }

    /**
     * All there are, for a run; it is remembered what it got.
     *
     * @param copies gets them; the caller's
     * @return their names
     * @throws KernelException when there are no descriptors left
     */
    List<String> give(int run, List<Fd> copies) {
        if (size() == 0) {
            return List.of();
        }
        descriptors.values().forEach(own -> copies.add(own.dup()));
        store(text(index.givenTo(run)));
        index = index.givenTo(run);
        return index.names();
    }

    List<String> givenTo(int run) {
        return index.run() == run ? index.given() : List.of();
    }

    /** By number of this process, in the order in which they came. */
    Map<Integer, String> all() {
        Map<Integer, String> all = new LinkedHashMap<>();
        descriptors.forEach((item, own) -> all.put(own.number(), item.name()));
        return all;
    }

    /**
     * Takes what belongs to it out of what the keeper holds.
     *
     * @param onDropped told the run that got it last, and why
     * @return whether there is anything
     */
    boolean adopt(Map<String, Fd> held, BiConsumer<Integer, String> onDropped) {
        Fd text = held.remove(storeName());
        if (text == null) {
            return false;
        }
        try (text) {
            index = StoreIndex.decode(Memfd.readAll(text, StoreIndex.MOST_BYTES));
        }
        for (StoreIndex.Item item : index.items()) {
            Fd own = held.remove(storeName(item));
            if (own == null) { // the keeper had refused it
                index = index.without(item);
            } else {
                descriptors.put(item, own);
            }
        }
        index.items().forEach(item -> watch(item, why -> onDropped.accept(index.run(), why)));
        return true;
    }

    /** Lets go of all. */
    @Override
    public void close() {
        keeper.together(() -> {
            List.copyOf(descriptors.keySet()).forEach(this::letGo);
            forget(storeName(), () -> {});
        });
        index = StoreIndex.EMPTY;
    }
}

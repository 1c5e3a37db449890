package dev.ostler.supervise;

import dev.ostler.activation.PathFacts;
import dev.ostler.activation.PathMark;
import dev.ostler.activation.PathWatches;
import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.keeper.KeeperRequest;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.spec.Trigger;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts services when something is at their paths, or has changed there. The kernel only says where something happens; what is
 * there is looked at, on another thread, so what happened twice, or unseen, does no harm. Paths are watched as long as their service waits.
 * Loop thread only.
 */
final class PathWatch {
    /** A look that takes longer is told of. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(PathWatch.class);

    private final EventLoop loop;
    private final Clock clock;
    private final KeeperClient keeper;
    private final OffLoop offLoop;
    private final Consumer<ServiceName> onPath;
    private final DirectoryWatches directories;
    private final StartLimit limit = new StartLimit();
    private final Map<ServiceName, Entry> entries = new HashMap<>();
    private final Map<ServiceName, PathMark> marks = new HashMap<>();

    /** One service that waits. */
    private static final class Entry {
        final Trigger.AtPath trigger;
        Optional<PathWatches> watches = Optional.empty();
        boolean looking;
        Instant lookingSince = Instant.EPOCH;
        boolean again;
        boolean resting;

        Entry(Trigger.AtPath trigger) {
            this.trigger = trigger;
        }
    }

    private record Found(PathFacts facts, PathWatches watches) {}

    /** @param onPath starts a service */
    PathWatch(EventLoop loop, Clock clock, KeeperClient keeper, OffLoop offLoop, Consumer<ServiceName> onPath) {
        this.loop = loop;
        this.clock = clock;
        this.keeper = keeper;
        this.offLoop = offLoop;
        this.onPath = onPath;
        this.directories = new DirectoryWatches(loop, clock, this::happened, this::anythingMayHaveHappened);
    }

    private static String storeName(ServiceName service) {
        return "path/" + service;
    }

    /** Takes over what an earlier supervisor has seen last. */
    void adopt(ServiceName service, Map<String, Fd> stored) {
        Fd held = stored.remove(storeName(service));
        if (held != null) {
            marks.put(service, PathMark.adopt(held));
        }
    }

    /** Begins or ends to wait. */
    void set(ServiceName service, Trigger.AtPath trigger, boolean waits) {
        Entry entry = entries.get(service);
        if (waits && (entry == null || !entry.trigger.equals(trigger))) {
            Entry begun = new Entry(trigger);
            entries.put(service, begun);
            look(service, begun);
        } else if (!waits && entry != null) {
            entries.remove(service);
            watchWhatIsNeeded();
        }
    }

    /** It is started by something else from now on, or is no more. */
    void remove(ServiceName service) {
        if (entries.remove(service) != null) {
            watchWhatIsNeeded();
        }
        PathMark mark = marks.remove(service);
        if (mark != null) {
            mark.close();
            keeper.send(new KeeperRequest.Drop(storeName(service)), List.of(), reply -> {});
        }
    }

    /** Why what comes to its paths may not be seen at once: a look that hangs, or a directory that cannot be watched. */
    Optional<String> obstacle(ServiceName service) {
        Entry entry = entries.get(service);
        if (entry == null) {
            return Optional.empty();
        }
        if (entry.looking && entry.lookingSince.plus(PATIENCE).isBefore(clock.wall())) {
            return Optional.of("looking at " + entry.trigger.paths() + " since "
                    + entry.lookingSince.truncatedTo(ChronoUnit.SECONDS));
        }
        return entry.watches.flatMap(
                watches -> directories.refusal(watches.directories().keySet()));
    }

    private void happened(Path directory, String name) {
        Map.copyOf(entries).forEach((service, entry) -> {
            if (entry.watches
                    .filter(watches -> watches.matters(directory, name))
                    .isPresent()) {
                look(service, entry);
            }
        });
    }

    private void anythingMayHaveHappened() {
        Map.copyOf(entries).forEach(this::look);
    }

    private void look(ServiceName service, Entry entry) {
        entry.again = entry.looking;
        if (entry.looking || entry.resting) {
            return;
        }
        entry.looking = true;
        entry.lookingSince = clock.wall();
        Trigger.AtPath trigger = entry.trigger;
        offLoop.ask(
                service, // the way there first: what comes in between is seen by the next look
                () -> {
                    PathWatches watches = PathWatches.of(trigger);
                    return new Found(PathFacts.of(trigger), watches);
                },
                found -> found(service, entry, found));
    }

    private void found(ServiceName service, Entry entry, Found found) {
        entry.looking = false;
        if (entries.get(service) != entry) {
            return;
        }
        boolean wasWatched = entry.watches.filter(found.watches()::equals).isPresent();
        entry.watches = Optional.of(found.watches());
        boolean sound = watchWhatIsNeeded();
        boolean due;
        try {
            due = isDue(service, entry.trigger, found.facts());
        } catch (KernelException e) { // out of descriptors or memory: it may be better soon
            LOG.warn("service={} event=path-not-known reason=\"{}\"", service, e.getMessage());
            rest(service, entry, RETRY_INTERVAL);
            return;
        }
        if (due) {
            start(service, entry, found.facts());
        } else if (entry.again || !wasWatched || !sound) {
            look(service, entry); // what happened before the watch was there
        }
    }

    /** False when something may have happened meanwhile that was not seen. */
    private boolean watchWhatIsNeeded() {
        Map<Path, Integer> wanted = new HashMap<>();
        entries.values().stream()
                .flatMap(entry -> entry.watches.stream())
                .forEach(watches -> watches.directories()
                        .forEach((directory, bits) -> wanted.merge(directory, bits, (a, b) -> a | b)));
        return directories.watch(wanted);
    }

    private boolean isDue(ServiceName service, Trigger.AtPath trigger, PathFacts facts) {
        if (trigger.kind() != Trigger.AtPath.Kind.PATH_CHANGED) {
            return facts.holds();
        }
        OptionalLong before = mark(service).read(trigger);
        if (before.isEmpty()) { // changes count from now on
            mark(service).write(trigger, facts.mark());
            return false;
        }
        return before.getAsLong() != facts.mark();
    }

    private PathMark mark(ServiceName service) {
        return marks.computeIfAbsent(service, name -> {
            PathMark made = PathMark.create();
            try {
                keeper.send(
                        new KeeperRequest.Store(storeName(name)),
                        List.of(made.fd().dup()));
            } catch (KernelException e) {
                made.close();
                throw e;
            }
            return made;
        });
    }

    /** A supervisor that is killed before the mark is written starts it once more, never once too few. */
    private void start(ServiceName service, Entry entry, PathFacts facts) {
        if (!limit.allows(service, clock.monotonicNanos())) {
            LOG.warn("service={} event=path-ignored reason=\"{}\"", service, StartLimit.text("its path is as it was"));
            rest(service, entry, StartLimit.WITHIN);
            return;
        }
        onPath.accept(service);
        if (entry.trigger.kind() == Trigger.AtPath.Kind.PATH_CHANGED) {
            mark(service).write(entry.trigger, facts.mark());
        }
    }

    private void rest(ServiceName service, Entry entry, Duration time) {
        entry.resting = true;
        loop.timers().schedule(clock.monotonicNanos() + time.toNanos(), () -> {
            entry.resting = false;
            if (entries.get(service) == entry) {
                look(service, entry);
            }
        });
    }
}

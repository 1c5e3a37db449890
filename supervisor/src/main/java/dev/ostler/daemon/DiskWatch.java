package dev.ostler.daemon;

import dev.ostler.linux.Inotify;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows whether the files differ from what is in force. Their directories are watched; when one of the names changes, or what
 * has changed is not known, the files are compared a moment later, on a thread of their own. Loop thread only.
 */
final class DiskWatch {
    /** Whoever writes one file often writes the next. */
    private static final long SETTLE_NANOS = Duration.ofMillis(200).toNanos();

    private static final int MASK = LinuxConstants.IN_CLOSE_WRITE
            | LinuxConstants.IN_CREATE
            | LinuxConstants.IN_DELETE
            | LinuxConstants.IN_MOVED_FROM
            | LinuxConstants.IN_MOVED_TO
            | LinuxConstants.IN_DELETE_SELF
            | LinuxConstants.IN_MOVE_SELF;

    private static final Logger LOG = LoggerFactory.getLogger(DiskWatch.class);

    private final EventLoop loop;
    private final LongSupplier nowNanos;
    private final Supplier<Supplier<OnDisk>> comparisons;
    private final Inotify inotify = Inotify.create();
    private final Map<Integer, Path> watches = new HashMap<>();
    private Set<Path> names = Set.of();
    private List<String> changed = List.of();
    private boolean pending;
    private boolean again;

    /**
     * What was found.
     *
     * @param names paths whose change may mean something; of a directory also what is in it
     * @param directories what has to be watched for that
     * @param changed files that differ, as shown to people
     */
    record OnDisk(Set<Path> names, Set<Path> directories, List<String> changed) {}

    /** @param comparisons gives one that is run on a thread of its own */
    DiskWatch(EventLoop loop, LongSupplier nowNanos, Supplier<Supplier<OnDisk>> comparisons) {
        this.loop = loop;
        this.nowNanos = nowNanos;
        this.comparisons = comparisons;
        loop.register(Priority.IO, inotify.fd(), LinuxConstants.EPOLLIN, (events, now) -> read());
    }

    /** Files that differ from what is in force, as far as is known. */
    List<String> changed() {
        return changed;
    }

    /** What was just read is in force, or what was before it again: until that is looked at, nothing is known to differ. */
    void otherInForce() {
        changed = List.of();
        lookSoon();
    }

    /** Something has changed, on the disk or in force. */
    void lookSoon() {
        again = pending;
        if (!pending) {
            pending = true;
            loop.timers().schedule(nowNanos.getAsLong() + SETTLE_NANOS, this::begin);
        }
    }

    private void read() {
        for (Inotify.Event event : inotify.read()) {
            Path directory = watches.get(event.watch());
            if (event.isOverflow() || directory != null && matters(directory, event.name())) {
                lookSoon();
            }
            if (event.isOver()) { // the directory is gone, and may be there again
                watches.remove(event.watch());
            }
        }
    }

    private boolean matters(Path directory, String name) {
        return name.isEmpty() || names.contains(directory.resolve(name)) || names.contains(directory);
    }

    private void begin() {
        again = false;
        Supplier<OnDisk> comparison = comparisons.get();
        Thread thread = new Thread(() -> compare(comparison), "configuration");
        thread.setDaemon(true);
        thread.start();
    }

    private void compare(Supplier<OnDisk> comparison) {
        try {
            OnDisk found = comparison.get();
            loop.inbox().post(() -> found(found));
        } catch (RuntimeException e) {
            LOG.warn("event=configuration-not-compared reason=\"{}\"", e.getMessage());
            loop.inbox().post(() -> pending = false);
        }
    }

    private void found(OnDisk found) {
        pending = false;
        if (!changed.equals(found.changed())) {
            LOG.info("event=configuration-on-disk changed={}", found.changed());
            changed = found.changed();
        }
        names = found.names();
        if (watch(found.directories()) || again) {
            lookSoon(); // what happened before the watch was there
        }
    }

    /** Whether there are new ones. */
    private boolean watch(Set<Path> directories) {
        Set<Path> missing = new HashSet<>(directories);
        missing.removeAll(watches.values());
        Map.copyOf(watches).forEach((watch, directory) -> {
            if (!directories.contains(directory)) {
                inotify.unwatch(watch);
                watches.remove(watch);
            }
        });
        boolean added = false;
        for (Path directory : missing) {
            try {
                watches.put(inotify.watch(directory, MASK), directory);
                added = true;
            } catch (KernelException e) { // not there, not ours to see, or no watches left
                LOG.debug("event=not-watched directory=\"{}\" reason=\"{}\"", directory, e.getMessage());
            }
        }
        return added;
    }
}

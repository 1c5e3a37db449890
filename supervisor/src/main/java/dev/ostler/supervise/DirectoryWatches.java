package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Inotify;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Registration;
import dev.ostler.loop.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Directories that several services want to be watched, by one descriptor of inotify(7), which is there while one does. Loop thread only. */
final class DirectoryWatches {
    /** What was refused is tried again: somebody may have given back watches, or let us read. */
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatches.class);

    private final EventLoop loop;
    private final Clock clock;
    private final BiConsumer<Path, String> happened;
    private final Runnable lost;
    private final Map<Path, Watch> watches = new HashMap<>();
    private final Map<Path, String> refused = new HashMap<>();
    private Optional<Timer> retry = Optional.empty();
    private Optional<Inotify> inotify = Optional.empty();
    private Optional<Registration> registration = Optional.empty();

    /** Two paths of one directory share its number. */
    private record Watch(int number, int bits) {}

    /**
     * @param happened gets a directory and the name in it, empty for the directory itself
     * @param lost what has happened is not known
     */
    DirectoryWatches(EventLoop loop, Clock clock, BiConsumer<Path, String> happened, Runnable lost) {
        this.loop = loop;
        this.clock = clock;
        this.happened = happened;
        this.lost = lost;
    }

    /** Watches these, with these IN_* bits, and no others. False when one is no more, or is watched only from now on. */
    boolean watch(Map<Path, Integer> wanted) {
        Map.copyOf(watches).forEach((directory, watch) -> {
            if (!wanted.containsKey(directory)) {
                watches.remove(directory);
                unwatch(watch.number());
            }
        });
        refused.keySet().retainAll(wanted.keySet());
        boolean sound = true;
        for (Map.Entry<Path, Integer> each : wanted.entrySet()) {
            sound &= watch(each.getKey(), each.getValue());
        }
        closeUnlessNeeded();
        retryUnlessNeedless();
        return sound;
    }

    /** Why one of these is not watched. */
    Optional<String> refusal(Set<Path> directories) {
        return directories.stream()
                .sorted()
                .filter(refused::containsKey)
                .map(refused::get)
                .findFirst();
    }

    private void retryUnlessNeedless() {
        if (refused.isEmpty()) {
            retry.ifPresent(Timer::cancel);
            retry = Optional.empty();
        } else if (retry.isEmpty()) {
            long then = clock.monotonicNanos() + RETRY_INTERVAL.toNanos();
            retry = Optional.of(loop.timers().schedule(then, () -> {
                retry = Optional.empty();
                lost.run();
            }));
        }
    }

    private void unwatch(int number) {
        boolean shared = watches.values().stream().anyMatch(other -> other.number() == number);
        if (!shared) {
            inotify.orElseThrow().unwatch(number);
        }
    }

    private boolean watch(Path directory, int bits) {
        Watch known = watches.get(directory);
        if (known != null && (known.bits() & bits) == bits) {
            return true;
        }
        try {
            int number = inotify().watch(directory, bits | LinuxConstants.IN_MASK_ADD);
            watches.put(directory, new Watch(number, bits | (known == null ? 0 : known.bits())));
            refused.remove(directory);
            return false;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT) || e.is(Errno.ENOTDIR)) {
                return false;
            }
            if (refused.put(directory, e.getMessage()) == null) { // no watches left, or not ours to read
                LOG.warn("event=not-watched directory=\"{}\" reason=\"{}\"", directory, e.getMessage());
            }
            return true;
        }
    }

    private Inotify inotify() {
        if (inotify.isEmpty()) {
            Inotify opened = Inotify.create();
            registration = Optional.of(loop.registerOrClose(opened.fd(), opened::close, (events, now) -> read()));
            inotify = Optional.of(opened);
        }
        return inotify.get();
    }

    private void read() {
        for (Inotify.Event event : inotify.orElseThrow().read()) {
            if (event.isOverflow()) {
                lost.run();
                continue;
            }
            Map.copyOf(watches).forEach((directory, watch) -> {
                if (watch.number() == event.watch()) {
                    if (event.isOver()) { // it is elsewhere now, or nowhere
                        unwatchWithin(directory);
                    }
                    happened.accept(directory, event.name());
                }
            });
        }
    }

    /** What was at the paths below it is not there any more, though nobody told of that. */
    private void unwatchWithin(Path over) {
        Map.copyOf(watches).forEach((directory, watch) -> {
            if (directory.startsWith(over)) {
                watches.remove(directory);
                unwatch(watch.number());
            }
        });
    }

    private void closeUnlessNeeded() {
        if (watches.isEmpty() && inotify.isPresent()) {
            registration.orElseThrow().close();
            inotify.get().close();
            registration = Optional.empty();
            inotify = Optional.empty();
        }
    }
}

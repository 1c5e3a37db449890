package dev.ostler.supervise;

import dev.ostler.activation.PathWatches;
import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.loop.EventLoop;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the pid files of runs that wait for their daemon, whenever one of them may have changed: the kernel says where
 * something happens, and files are read on another thread. Loop thread only.
 */
final class PidFiles {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(PidFiles.class);

    private final EventLoop loop;
    private final Clock clock;
    private final OffLoop offLoop;
    private final DirectoryWatches directories;
    private final Map<RunKey, Entry> entries = new HashMap<>();

    /** One run that waits. */
    private static final class Entry {
        final PidFile.Place place;
        final Consumer<PidFile> listener;
        Optional<PathWatches> watches = Optional.empty();
        boolean looking;
        boolean again;
        boolean resting;

        Entry(PidFile.Place place, Consumer<PidFile> listener) {
            this.place = place;
            this.listener = listener;
        }
    }

    private record Found(PidFile file, PathWatches watches) {}

    PidFiles(EventLoop loop, Clock clock, OffLoop offLoop) {
        this.loop = loop;
        this.clock = clock;
        this.offLoop = offLoop;
        this.directories = new DirectoryWatches(loop, clock, this::happened, this::anythingMayHaveHappened);
    }

    /** From now on {@code listener} gets what was found, each time, until {@link #close}. */
    void await(RunKey run, PidFile.Place place, Consumer<PidFile> listener) {
        entries.put(run, new Entry(place, listener));
    }

    /** Looks now. */
    void look(RunKey run) {
        Entry entry = entries.get(run);
        if (entry != null) {
            look(run, entry);
        }
    }

    void close(RunKey run) {
        if (entries.remove(run) != null) {
            watchWhatIsNeeded();
        }
    }

    private void happened(Path directory, String name) {
        Map.copyOf(entries).forEach((run, entry) -> {
            if (entry.watches
                    .filter(watches -> watches.matters(directory, name))
                    .isPresent()) {
                look(run, entry);
            }
        });
    }

    private void anythingMayHaveHappened() {
        Map.copyOf(entries).forEach(this::look);
    }

    private void look(RunKey run, Entry entry) {
        entry.again = entry.looking;
        if (entry.looking) {
            return;
        }
        entry.looking = true;
        PidFile.Place place = entry.place;
        offLoop.ask(
                run.service(), // the way there first: what comes in between is seen by the next look
                () -> {
                    PathWatches watches = PathWatches.of(place.path());
                    return new Found(PidFile.look(place), watches);
                },
                found -> found(run, entry, found));
    }

    private void found(RunKey run, Entry entry, Found found) {
        entry.looking = false;
        if (entries.get(run) != entry) {
            return;
        }
        boolean wasWatched = entry.watches.filter(found.watches()::equals).isPresent();
        entry.watches = Optional.of(found.watches());
        boolean sound = watchWhatIsNeeded();
        entry.listener.accept(found.file());
        if (entries.get(run) == entry && (entry.again || !wasWatched || !sound)) {
            look(run, entry); // what happened before the watch was there
        } else if (found.file().again() && !entry.resting) {
            LOG.warn(
                    "service={} run={} event=pid-file-not-known reason=\"{}\"",
                    run.service(),
                    run.run(),
                    found.file().problem());
            entry.resting = true;
            loop.timers().schedule(clock.monotonicNanos() + RETRY_INTERVAL.toNanos(), () -> {
                entry.resting = false;
                look(run);
            });
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
}

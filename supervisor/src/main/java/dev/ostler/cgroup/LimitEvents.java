package dev.ostler.cgroup;

import dev.ostler.linux.Descriptors;
import dev.ostler.linux.Errno;
import dev.ostler.linux.Fd;
import dev.ostler.linux.KernelException;
import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.NativeBuffer;
import dev.ostler.linux.OomNotice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the kernel tells about the limits of one run, while its cgroups exist: memory.events and pids.events of version 2
 * (cgroup-v2.rst), memory.oom_control and pids.events of version 1. Owns its descriptors. Loop thread only.
 */
public final class LimitEvents implements AutoCloseable {
    /** memory.events holds six short lines. */
    private static final int EVENTS_BYTES = 512;

    private final Optional<Place> memory;
    private final Optional<Place> pids;
    private final Optional<OomNotice> first;
    private final Optional<Fd> second;
    private final NativeBuffer buffer = NativeBuffer.allocate(EVENTS_BYTES);

    /** The directory of a run for one controller. */
    public record Place(Path directory, boolean version1) {}

    private LimitEvents(Optional<Place> memory, Optional<Place> pids, Optional<OomNotice> first, Optional<Fd> second) {
        this.memory = memory;
        this.pids = pids;
        this.first = first;
        this.second = second;
    }

    /** Empty where the run has neither limit. {@link KernelException} when the kernel does not tell of it. */
    public static Optional<LimitEvents> open(Optional<Place> memory, Optional<Place> pids) {
        if (memory.isEmpty() && pids.isEmpty()) {
            return Optional.empty();
        }
        Optional<OomNotice> first = memory.filter(Place::version1).map(place -> OomNotice.register(place.directory()));
        Optional<Fd> second = memory.filter(place -> !place.version1())
                .map(place -> place.directory().resolve("memory.events"))
                .map(file -> Descriptors.open(file, LinuxConstants.O_RDONLY));
        LimitEvents events = new LimitEvents(memory, pids, first, second);
        events.acknowledge(); // the first look arms it
        return Optional.of(events);
    }

    /** Readable for {@link #epollEvents()} when memory has run out; absent without a limit of memory. */
    public Optional<Fd> fd() {
        return first.map(OomNotice::fd).or(() -> second);
    }

    public int epollEvents() {
        return first.isPresent() ? LinuxConstants.EPOLLIN : LinuxConstants.EPOLLPRI;
    }

    /** Makes it quiet again. */
    public void acknowledge() {
        first.ifPresent(OomNotice::drain);
        second.ifPresent(this::look);
    }

    private void look(Fd events) {
        try {
            Descriptors.pread(events, buffer, 0, EVENTS_BYTES, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENODEV)) { // somebody has removed it: nothing more will come
                throw e;
            }
        }
    }

    /** As of now; what cannot be read any more counts as nothing. */
    public LimitCounts counts() {
        boolean old = memory.filter(Place::version1).isPresent();
        return new LimitCounts(
                counted(memory, old ? "memory.oom_control" : "memory.events", "oom_kill"),
                counted(pids, "pids.events", "max"),
                number(memory, old ? "memory.max_usage_in_bytes" : "memory.peak"),
                number(memory, old ? "memory.limit_in_bytes" : "memory.max"));
    }

    private static long counted(Optional<Place> place, String file, String key) {
        return text(place, file)
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith(key + " "))
                        .map(line -> Long.valueOf(line.substring(key.length() + 1)))
                        .findFirst())
                .orElse(0L);
    }

    private static long number(Optional<Place> place, String file) {
        return text(place, file)
                .filter(text -> !text.startsWith("max"))
                .map(text -> Long.valueOf(text.strip()))
                .orElse(0L);
    }

    private static Optional<String> text(Optional<Place> place, String file) {
        try {
            return place.isPresent()
                    ? Optional.of(Files.readString(place.get().directory().resolve(file)))
                    : Optional.empty();
        } catch (IOException ignored) { // an older kernel, or removed meanwhile
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        first.ifPresent(OomNotice::close);
        second.ifPresent(Fd::close);
    }
}

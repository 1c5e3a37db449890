package dev.ostler.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InotifyIT {
    private static final int MASK = LinuxConstants.IN_CREATE
            | LinuxConstants.IN_DELETE
            | LinuxConstants.IN_MOVED_TO
            | LinuxConstants.IN_MOVE_SELF;

    @TempDir
    Path directory;

    @Test
    void tellsWhatHappensInADirectory() throws IOException {
        try (Inotify inotify = Inotify.create()) {
            int watch = inotify.watch(directory, MASK);

            Files.writeString(directory.resolve("a"), "x");
            Files.move(directory.resolve("a"), directory.resolve("b"));

            assertThat(inotify.read())
                    .containsExactly(
                            new Inotify.Event(watch, LinuxConstants.IN_CREATE, "a"),
                            new Inotify.Event(watch, LinuxConstants.IN_MOVED_TO, "b"));
            assertThat(inotify.read()).isEmpty();
        }
    }

    @Test
    void aDirectoryThatIsGoneSaysSoAndCanBeGivenUp() throws IOException {
        Path gone = Files.createDirectory(directory.resolve("gone"));
        try (Inotify inotify = Inotify.create()) {
            int watch = inotify.watch(gone, MASK);

            Files.delete(gone);

            List<Inotify.Event> events = inotify.read();
            assertThat(events.get(events.size() - 1).isOver()).isTrue();
            inotify.unwatch(watch);
            assertThatThrownBy(() -> inotify.watch(gone, MASK))
                    .isInstanceOfSatisfying(
                            KernelException.class,
                            e -> assertThat(e.is(Errno.ENOENT)).isTrue());
        }
    }

    @Test
    void whatDoesNotFitIsAnOverflow() throws IOException {
        int queue = maxQueuedEvents();
        try (Inotify inotify = Inotify.create()) {
            inotify.watch(directory, MASK);
            Path file = directory.resolve("file");

            for (int i = 0; i <= queue / 2; i++) {
                Files.createFile(file);
                Files.delete(file);
            }

            List<Inotify.Event> events = inotify.read();
            assertThat(events.get(events.size() - 1).isOverflow()).isTrue();
            assertThat(events).filteredOn(Inotify.Event::isOverflow).hasSize(1);
        }
    }

    /** In one read, as a number of proc_sys(5) has no second one. */
    private static int maxQueuedEvents() throws IOException {
        try (InputStream in = Files.newInputStream(Path.of("/proc/sys/fs/inotify/max_queued_events"))) {
            return Integer.parseInt(new String(in.readNBytes(32), StandardCharsets.US_ASCII).strip());
        }
    }
}

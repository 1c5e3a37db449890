package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.linux.LinuxConstants;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the kernel's inotify. */
class DirectoryWatchesIT {
    @TempDir
    Path directory;

    private final SystemClock clock = new SystemClock();
    private final EventLoop loop = new EventLoop(clock);

    @AfterEach
    void close() {
        loop.close();
    }

    @Test
    void whatTheKernelRefusesIsToldAndTriedAgain() throws IOException {
        AtomicInteger looks = new AtomicInteger();
        DirectoryWatches watches = new DirectoryWatches(loop, clock, (path, name) -> {}, looks::incrementAndGet);
        Path refused = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
        assertThat(watches.watch(Map.of(refused, LinuxConstants.IN_CREATE))).isTrue();
        assertThat(watches.refusal(Set.of(refused)).orElseThrow()).contains("ELOOP");

        Files.delete(refused);
        Files.createDirectory(refused);
        for (int i = 0; i < 300 && looks.get() == 0; i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
        assertThat(looks).hasValue(1);
        assertThat(watches.watch(Map.of(refused, LinuxConstants.IN_CREATE))).isFalse(); // only from now on
        assertThat(watches.refusal(Set.of(refused))).isEmpty();
        watches.watch(Map.of());
    }
}

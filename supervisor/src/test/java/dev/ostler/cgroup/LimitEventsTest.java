package dev.ostler.cgroup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.cgroup.LimitEvents.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as the kernel writes them; that it tells of changes is {@code ExitCauseIT}'s. */
class LimitEventsTest {
    @TempDir
    private Path directory;

    private LimitCounts counts(boolean version1, Map<String, String> files) throws IOException {
        for (Map.Entry<String, String> file : files.entrySet()) {
            Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        Optional<Place> place = Optional.of(new Place(directory, version1));
        Optional<Place> memory = files.containsKey("memory.events") ? place : Optional.empty();
        try (LimitEvents events = LimitEvents.open(memory, place).orElseThrow()) {
            return events.counts();
        }
    }

    @Test
    void version2() throws IOException {
        LimitCounts counts = counts(
                false,
                Map.of(
                        "memory.events", "low 0\nhigh 0\nmax 22\noom 3\noom_kill 2\noom_group_kill 0\n",
                        "memory.peak", "66977792\n",
                        "memory.max", "67108864\n",
                        "pids.events", "max 5\n"));

        assertThat(counts).isEqualTo(new LimitCounts(2, 5, 66977792, 67108864));
        assertThat(counts.memory()).isEqualTo("63.9 MiB of 64 MiB");
    }

    @Test
    void whatAnOlderKernelDoesNotHaveCountsAsNothing() throws IOException {
        assertThat(counts(false, Map.of("memory.events", "oom 3\n", "memory.max", "max\n")))
                .isEqualTo(new LimitCounts(0, 0, 0, 0));
        assertThat(counts(true, Map.of("pids.events", "max 1\n"))).isEqualTo(new LimitCounts(0, 1, 0, 0));
    }

    @Test
    void withoutLimitsThereIsNothingToTell() {
        assertThat(LimitEvents.open(Optional.empty(), Optional.empty())).isEmpty();
    }
}

package dev.ostler.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the processes of a cgroup use together right now, as far as version 2 has the controller there.
 *
 * @param id of the cgroup, as {@link dev.ostler.linux.CgroupId} gives it
 * @param memoryBytes memory.current
 * @param pids pids.current: processes and threads
 * @param pressure by resource: the share of the last 10 seconds in which at least one of them waited for it, percent
 */
public record CgroupUsage(long id, Optional<Long> memoryBytes, Optional<Long> pids, Map<String, Double> pressure) {
    private static final List<String> RESOURCES = List.of("cpu", "memory", "io");
    private static final String SHARE = "avg10=";

    public CgroupUsage {
        pressure = Collections.unmodifiableMap(new LinkedHashMap<>(pressure));
    }

    /** Of the cgroup of a run, without its id. Any thread. */
    public static CgroupUsage of(Path directory) {
        return read(0, directory);
    }

    /** CPU time of all its processes since its start, cpu.stat; there without any controller. Any thread. */
    public static Optional<Duration> cpu(Path directory) {
        return text(directory.resolve("cpu.stat"))
                .flatMap(text -> text.lines()
                        .filter(line -> line.startsWith("usage_usec "))
                        .findFirst())
                .map(line -> Duration.of(Long.parseLong(line.substring("usage_usec ".length())), ChronoUnit.MICROS));
    }

    /** What is not there, or not ours to read, is left out. */
    static CgroupUsage read(long id, Path directory) {
        Map<String, Double> pressure = new LinkedHashMap<>();
        for (String resource : RESOURCES) {
            text(directory.resolve(resource + ".pressure"))
                    .flatMap(CgroupUsage::some)
                    .ifPresent(share -> pressure.put(resource, share));
        }
        return new CgroupUsage(
                id,
                text(directory.resolve("memory.current")).map(Long::valueOf),
                text(directory.resolve("pids.current")).map(Long::valueOf),
                pressure);
    }

    /** {@code some avg10=0.12 avg60=0.00 avg300=0.00 total=4711}. */
    private static Optional<Double> some(String text) {
        return text.lines()
                .filter(line -> line.startsWith("some "))
                .flatMap(line -> List.of(line.split(" ")).stream())
                .filter(word -> word.startsWith(SHARE))
                .map(word -> Double.valueOf(word.substring(SHARE.length())))
                .findFirst();
    }

    private static Optional<String> text(Path file) {
        try {
            return Optional.of(Files.readString(file).strip());
        } catch (IOException ignored) { // no such controller, or pressure is not counted
            return Optional.empty();
        }
    }
}

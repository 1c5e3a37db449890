package dev.ostler.supervise;

import dev.ostler.base.ServiceName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * When services were last started by their time, in files beside the logs: what is to be made up for outlives the project and
 * the machine. Loop thread only.
 */
final class TimerStamps {
    private static final Logger LOG = LoggerFactory.getLogger(TimerStamps.class);

    private final Optional<Path> directory;
    private final OffLoop offLoop;

    /** @param directory empty = nothing is kept */
    TimerStamps(Optional<Path> directory, OffLoop offLoop) {
        this.directory = directory;
        this.offLoop = offLoop;
    }

    /** The stamp of a service; when there is none, {@code now} becomes it. The answer comes later. */
    void readOrBegin(ServiceName service, Instant now, Consumer<Instant> answer) {
        if (directory.isEmpty()) {
            LOG.warn(
                    "service={} event=timer-stamp-not-kept reason=\"without a directory of logs nothing persistent is kept\"",
                    service);
        }
        offLoop.ask(
                service,
                () -> {
                    Optional<Instant> stamp = file(service).flatMap(TimerStamps::read);
                    if (stamp.isEmpty()) {
                        file(service).ifPresent(file -> write(file, now));
                    }
                    return stamp.orElse(now);
                },
                answer);
    }

    void write(ServiceName service, Instant time) {
        file(service)
                .ifPresent(file -> offLoop.ask(
                        service,
                        () -> {
                            write(file, time);
                            return file;
                        },
                        written -> {}));
    }

    private Optional<Path> file(ServiceName service) {
        return directory.map(parent -> parent.resolve(service + ".timer"));
    }

    private static Optional<Instant> read(Path file) {
        try {
            return Optional.of(Instant.parse(Files.readString(file).strip()));
        } catch (IOException | DateTimeException ignored) { // none yet, or cut short
            return Optional.empty();
        }
    }

    private static void write(Path file, Instant time) {
        try {
            Path whole = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(whole, time + "\n");
            Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE); // whoever reads it never sees a part
        } catch (IOException e) {
            LOG.warn("event=timer-stamp-not-kept file=\"{}\" reason=\"{}\"", file, e.getMessage());
        }
    }
}

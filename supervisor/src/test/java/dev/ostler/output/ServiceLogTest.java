package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.ByteSize;
import dev.ostler.base.Clock;
import dev.ostler.base.ServiceName;
import dev.ostler.base.TextPattern;
import dev.ostler.spec.LogSpec;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceLogTest {
    private static final int LIMIT = 256 * 1024;

    @TempDir
    Path directory;

    @Test
    void holdsAndPutsIntoOneFileNoMoreThanItsBound() throws Exception {
        Path path = directory.resolve("web.log");
        LogSpec spec = new LogSpec(new ByteSize(LIMIT), 100, true);
        try (ServiceLog log = log(path, spec)) {
            for (int i = 0; i < 50_000; i++) { // what one turn of an endless "yes ''" is many times more than
                log.line(StreamTag.STDOUT, 1, false, new byte[0], 0, 0);
            }

            assertThat(path).isRegularFile(); // before anybody has flushed
        }
        long lines = 0;
        try (var files = Files.list(directory)) {
            for (Path file : files.toList()) {
                assertThat(Files.size(file)).isLessThanOrEqualTo(LIMIT);
                lines += Files.readAllLines(file).size();
            }
        }
        assertThat(lines).isEqualTo(50_000);
    }

    /** It has read the line, and died before anybody was told. */
    @Test
    void s27_whatAnEarlierSupervisorHasReadIsFoundInTheFile() throws Exception {
        Path path = directory.resolve("web.log");
        AtomicInteger told = new AtomicInteger();
        try (ServiceLog earlier = log(path, LogSpec.DEFAULT)) {
            earlier.line(StreamTag.STDOUT, 1, false, "ready".getBytes(StandardCharsets.US_ASCII), 0, 5);
        }

        try (ServiceLog log = log(path, LogSpec.DEFAULT)) {
            log.whenSaid(2, true, told::incrementAndGet);
            assertThat(told).hasValue(0);
            log.whenSaid(1, true, told::incrementAndGet);
        }

        assertThat(told).hasValue(1);
    }

    @Test
    void anotherReadyLineCountsFromNowOnAndTheSameOneIsStillWaitedFor() throws Exception {
        AtomicInteger told = new AtomicInteger();
        byte[] up = "up".getBytes(StandardCharsets.US_ASCII);
        byte[] ready = "ready".getBytes(StandardCharsets.US_ASCII);
        try (ServiceLog log = log(directory.resolve("web.log"), LogSpec.DEFAULT)) {
            log.whenSaid(1, false, told::incrementAndGet);
            log.reconfigure(LogSpec.DEFAULT, Optional.of(TextPattern.of("^ready")));
            log.line(StreamTag.STDOUT, 1, false, ready, 0, ready.length);
            assertThat(told).hasValue(1);

            log.reconfigure(LogSpec.DEFAULT, Optional.of(TextPattern.of("^up")));
            log.whenSaid(2, false, told::incrementAndGet);
            log.line(StreamTag.STDOUT, 2, false, ready, 0, ready.length);
            assertThat(told).hasValue(1);
            log.line(StreamTag.STDOUT, 2, false, up, 0, up.length);
            assertThat(told).hasValue(2);
        }
    }

    private static ServiceLog log(Path path, LogSpec spec) {
        Clock clock = new Clock() {
            @Override
            public long monotonicNanos() {
                return 0;
            }

            @Override
            public Instant wall() {
                return Instant.EPOCH;
            }
        };
        return new ServiceLog(
                new ServiceName("web"),
                0,
                true,
                Optional.of(new RotatingFile(path, spec)),
                Optional.empty(),
                clock,
                new ByteArrayOutputStream(),
                Optional.of(TextPattern.of("^ready")));
    }
}

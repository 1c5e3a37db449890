package dev.ostler.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimeStampTest {
    private final TimeStamp stamp = new TimeStamp();

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00Z, 2026-01-31T12:00:00.000000Z",
        "2026-01-31T12:00:59.000001Z, 2026-01-31T12:00:59.000001Z",
        "2026-01-31T00:00:00.123456789Z, 2026-01-31T00:00:00.123456Z",
        "1969-12-31T23:59:59.999999Z, 1969-12-31T23:59:59.999999Z"
    })
    void hasSecondsAndMicrosecondsWhateverTheyAre(Instant when, String text) {
        assertThat(text(when)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-31T12:00:00.5Z, 2026-01-31T12:00:00.25Z, 2026-01-31T12:00:00.250000Z",
        "2026-01-31T12:00:00.5Z, 2026-01-31T12:00:01.25Z, 2026-01-31T12:00:01.250000Z"
    })
    void aStampDoesNotDependOnTheOneBefore(Instant before, Instant when, String text) {
        text(before);

        assertThat(text(when)).isEqualTo(text);
    }

    private String text(Instant when) {
        return new String(stamp.of(when), StandardCharsets.US_ASCII);
    }
}

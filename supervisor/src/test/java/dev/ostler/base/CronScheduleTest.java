package dev.ostler.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronScheduleTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    /** Days and local times in Berlin, with the offset where it is in doubt. */
    private static List<String> times(String schedule, String from, int count) {
        List<String> times = new ArrayList<>();
        Optional<Instant> next =
                Optional.of(LocalDateTime.parse(from).atZone(BERLIN).toInstant());
        for (int i = 0; i < count && next.isPresent(); i++) {
            next = CronSchedule.of(schedule).next(next.get(), BERLIN);
            next.ifPresent(
                    time -> times.add(time.atZone(BERLIN).toOffsetDateTime().toString()));
        }
        return times;
    }

    @ParameterizedTest
    @CsvSource({
        "0 3 * * *, 2026-01-01T03:00+01:00",
        "*/15 * * * *, 2026-01-01T00:15+01:00",
        "30 6 * * MON-FRI, 2026-01-01T06:30+01:00",
        "0 0 1 JAN/3 *, 2026-04-01T00:00+02:00",
        "0 12 * * 7, 2026-01-04T12:00+01:00",
        "0 12 * * 0, 2026-01-04T12:00+01:00",
        "0 0 29 2 *, 2028-02-29T00:00+01:00",
        "@daily, 2026-01-02T00:00+01:00",
        "@hourly, 2026-01-01T01:00+01:00",
        "@weekly, 2026-01-04T00:00+01:00",
        "@yearly, 2027-01-01T00:00+01:00",
    })
    void theNextTimeIsAfterTheGivenOne(String schedule, String expected) {
        assertThat(times(schedule, "2026-01-01T00:00", 1)).containsExactly(expected);
    }

    @Test
    void ofTwoKindsOfDaysOneIsEnoughAsInCron() {
        assertThat(times("0 0 13 * 5", "2026-02-07T00:00", 3))
                .containsExactly("2026-02-13T00:00+01:00", "2026-02-20T00:00+01:00", "2026-02-27T00:00+01:00");
        assertThat(times("0 0 14 * 5", "2026-02-12T00:00", 2))
                .containsExactly("2026-02-13T00:00+01:00", "2026-02-14T00:00+01:00");
    }

    @Test
    void whatFallsIntoTheHourThatIsLeftOutIsDueWhenItWouldHaveBegun() {
        assertThat(times("30 2 * * *", "2026-03-28T12:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00");
        assertThat(times("*/30 * * * *", "2026-03-29T01:15", 3))
                .containsExactly("2026-03-29T01:30+01:00", "2026-03-29T03:00+02:00", "2026-03-29T03:30+02:00");
        assertThat(times("0 3 * * *", "2026-03-28T12:00", 2))
                .containsExactly("2026-03-29T03:00+02:00", "2026-03-30T03:00+02:00");
    }

    @Test
    void inTheHourThatComesTwiceItIsDueOnceUnlessItIsOfEveryHour() {
        assertThat(times("30 2 * * *", "2026-10-24T12:00", 2))
                .containsExactly("2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00");
        assertThat(times("*/30 * * * *", "2026-10-25T02:15", 4))
                .containsExactly(
                        "2026-10-25T02:30+02:00",
                        "2026-10-25T02:00+01:00",
                        "2026-10-25T02:30+01:00",
                        "2026-10-25T03:00+01:00");
    }

    /** A run that was due at 02:30 may have ended before the hour comes again. */
    @ParameterizedTest
    @ValueSource(strings = {"2026-10-25T00:30:00.001Z", "2026-10-25T00:45:00Z", "2026-10-25T01:10:00Z"})
    void inTheHourThatComesTwiceItIsNotDueAgain(String after) {
        assertThat(CronSchedule.of("30 2 * * *").next(Instant.parse(after), BERLIN))
                .contains(Instant.parse("2026-10-26T01:30:00Z"));
    }

    @Test
    void whatIsNeverDueHasNoTime() {
        assertThat(times("0 0 30 2 *", "2026-01-01T00:00", 1)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "0 3 * *", "60 * * * *", "0 24 * * *", "0 0 32 * *", "*/0 * * * *", "0 0 L * *", "@never"})
    void whatIsNoTimeIsRefused(String text) {
        assertThatThrownBy(() -> CronSchedule.of(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void equalWhenWrittenAlike() {
        assertThat(CronSchedule.of("0 3 * * *"))
                .isEqualTo(CronSchedule.of("0 3 * * *"))
                .hasSameHashCodeAs(CronSchedule.of("0 3 * * *"))
                .hasToString("0 3 * * *")
                .isNotEqualTo(CronSchedule.of("1 3 * * *"));
    }
}

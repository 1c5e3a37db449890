package dev.ostler.base;

import com.cronutils.model.Cron;
import com.cronutils.model.definition.CronDefinition;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.zone.ZoneOffsetTransition;
import java.util.Optional;

/**
 * Times of the calendar, crontab(5): minute, hour, day of the month, month, day of the week, or {@code @daily} and the like.
 * Equal when written alike. Immutable; any thread; the first use loads a library.
 */
public final class CronSchedule {
    private static final CronDefinition CRONTAB = CronDefinitionBuilder.defineCron()
            .withMinutes()
            .withStrictRange()
            .and()
            .withHours()
            .withStrictRange()
            .and()
            .withDayOfMonth()
            .withStrictRange()
            .and()
            .withMonth()
            .withStrictRange()
            .and()
            .withDayOfWeek()
            .withValidRange(0, 7)
            .withMondayDoWValue(1)
            .withIntMapping(7, 0)
            .withStrictRange()
            .and()
            .withSupportedNicknameHourly()
            .withSupportedNicknameDaily()
            .withSupportedNicknameMidnight()
            .withSupportedNicknameWeekly()
            .withSupportedNicknameMonthly()
            .withSupportedNicknameYearly()
            .withSupportedNicknameAnnually()
            .instance();

    private final String text;
    private final ExecutionTime times;

    private CronSchedule(String text, Cron cron) {
        this.text = text;
        this.times = ExecutionTime.forCron(cron);
    }

    /** @throws IllegalArgumentException when it is none, with the reason */
    public static CronSchedule of(String text) {
        return new CronSchedule(text, new CronParser(CRONTAB).parse(text));
    }

    /**
     * The first time after this one; empty when there is none. What falls into the hour that a change to summer time leaves out
     * is due when that hour would have begun; in the hour that comes twice it is due once, unless it is of every hour.
     */
    public Optional<Instant> next(Instant after, ZoneId zone) {
        Optional<ZonedDateTime> found = times.nextExecution(after.atZone(zone));
        while (found.isPresent() && !isOfEveryHour() && isRepeated(found.get())) {
            found = times.nextExecution(found.get());
        }
        Optional<Instant> next = found.map(ZonedDateTime::toInstant);
        if (next.isEmpty() || isOfEveryHour()) {
            return next;
        }
        ZoneOffsetTransition change = zone.getRules().nextTransition(after);
        while (change != null && change.getInstant().isBefore(next.get())) {
            if (change.isGap() && isDueWithin(change.getDateTimeBefore(), change.getDateTimeAfter())) {
                return Optional.of(change.getInstant());
            }
            change = zone.getRules().nextTransition(change.getInstant());
        }
        return next;
    }

    private boolean isOfEveryHour() {
        return text.equals("@hourly") || text.split("\\s+").length > 1 && text.split("\\s+")[1].startsWith("*");
    }

    /** The clock has shown it before: it has been set back since. */
    private static boolean isRepeated(ZonedDateTime time) {
        return !time.withEarlierOffsetAtOverlap().equals(time);
    }

    /** By clocks that are never changed. */
    private boolean isDueWithin(LocalDateTime from, LocalDateTime before) {
        return times.nextExecution(from.minusNanos(1).atZone(ZoneOffset.UTC))
                .filter(due -> due.toLocalDateTime().isBefore(before))
                .isPresent();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CronSchedule that && that.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** As it was written. */
    @Override
    public String toString() {
        return text;
    }
}

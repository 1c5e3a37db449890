package dev.ostler.service;

import static dev.ostler.service.ServiceState.BACKOFF;
import static dev.ostler.service.ServiceState.DOWN;
import static dev.ostler.service.ServiceState.FAILED;
import static dev.ostler.service.ServiceState.STARTED;
import static dev.ostler.service.ServiceState.STARTING;
import static dev.ostler.service.Specs.service;
import static dev.ostler.service.StartOutcome.Kind.UP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.CronSchedule;
import dev.ostler.spec.Dependency.Condition;
import dev.ostler.spec.RestartSpec;
import dev.ostler.spec.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** A service that is started by its time. The clock stands at 01:00 at first. */
class TimerTest {
    private static final Duration MIN = Duration.ofMinutes(1);
    private static final Trigger.Every EVERY_10_MIN =
            new Trigger.Every(MIN.multipliedBy(10), MIN.multipliedBy(10), Duration.ZERO);
    private static final Trigger.Calendar AT_3 = calendar("0 3 * * *", false);

    private static Trigger.Calendar calendar(String schedule, boolean persistent) {
        return new Trigger.Calendar(CronSchedule.of(schedule), Optional.of(ZoneOffset.UTC), Duration.ZERO, persistent);
    }

    private final Scenario scenario = Scenario.of(
            service("job")
                    .oneshot(false)
                    .startedBy(EVERY_10_MIN)
                    .restart(RestartSpec.Policy.NEVER)
                    .needs("db", Condition.STARTED),
            service("db"));
    private final Scenario.On job = scenario.it();

    private Scenario.On due() {
        scenario.took(scenario.project.activate(job.status().name(), Requester.TIMER, scenario.now()));
        return job;
    }

    private Duration until(Trigger.Every every, long handledNanos) {
        OptionalLong next = Timetable.next(every, job.status(), handledNanos);
        return Duration.ofNanos(next.orElseThrow() - job.nowNanos());
    }

    private Optional<String> next(Trigger.Calendar calendar, Optional<Instant> handled, Moment now) {
        return Timetable.next(calendar, job.status(), handled, now, ZoneId.of("Asia/Tokyo"))
                .map(Instant::toString);
    }

    private Optional<String> next(Trigger.Calendar calendar) {
        return next(calendar, Optional.empty(), scenario.now());
    }

    private Moment wall(String time) {
        return new Moment(job.nowNanos(), Instant.parse(time));
    }

    @Test
    void itWaitsForItsTimeWorksAndWaitsAgain() {
        scenario.startAll();
        scenario.on("db").launched();
        job.is(DOWN).because("waiting for its time").startIs(UP, "waiting for its time");

        due().is(STARTING).launched().is(STARTED);
        job.afterMillis(5_000).exits(0).is(DOWN).because("exited 0 after 5 s; waiting for its time");
        due().is(STARTING);
    }

    @Test
    void whatItNeedsIsStartedWithIt() {
        scenario.startAll();
        scenario.on("db").stop().exits(0).is(DOWN);

        due();
        scenario.on("db").is(STARTING).launched();
        job.is(STARTING);
    }

    @Test
    void aFailedRunDoesNotKeepTheNextFromItsTime() {
        scenario.startAll();
        scenario.on("db").launched();
        due().launched().exits(1).is(FAILED);

        due().is(STARTING);
        assertThat(job.run()).isEqualTo(2);
    }

    @Test
    void noTwoRunsOverlapAndARetryIsNotDisturbed() {
        Scenario retried = Scenario.of(service("job").oneshot(false).startedBy(EVERY_10_MIN));
        retried.startAll();
        retried.took(retried.project.activate(retried.it().status().name(), Requester.TIMER, retried.now()));
        retried.it().launched();
        assertThat(retried.it().status().isIdle()).isFalse();
        assertThat(retried.project.activate(retried.it().status().name(), Requester.TIMER, retried.now()))
                .isEmpty();

        retried.it().exits(1).is(BACKOFF);
        assertThat(retried.project.activate(retried.it().status().name(), Requester.TIMER, retried.now()))
                .isEmpty();
    }

    @Test
    void whatAPersonHasStoppedIsNotStarted() {
        scenario.startAll();
        job.stop();

        due().is(DOWN);
    }

    @Test
    void everyIsCountedFromTheStartOfTheProjectAndThenOfTheLatestRun() {
        scenario.startAll();
        scenario.on("db").launched();
        assertThat(until(EVERY_10_MIN, 0)).isEqualTo(MIN.multipliedBy(10));
        assertThat(until(new Trigger.Every(MIN.multipliedBy(10), MIN, Duration.ZERO), 0))
                .isEqualTo(MIN);

        job.after(MIN.multipliedBy(10));
        due().launched().after(MIN.multipliedBy(3));
        assertThat(until(EVERY_10_MIN, 0)).isEqualTo(MIN.multipliedBy(7));
        job.exits(0);
        assertThat(until(EVERY_10_MIN, 0)).isEqualTo(MIN.multipliedBy(7));
    }

    @Test
    void aRunThatTakesLongerThanTheIntervalSkipsTimesAndKeepsTheGrid() {
        scenario.startAll();
        scenario.on("db").launched();
        due().launched();
        long first = Timetable.next(EVERY_10_MIN, job.status(), 0).orElseThrow();
        job.after(MIN.multipliedBy(12));

        assertThat(until(EVERY_10_MIN, first)).isEqualTo(MIN.multipliedBy(8));
        job.after(MIN.multipliedBy(13)).exits(0);
        assertThat(until(EVERY_10_MIN, 0)).isEqualTo(MIN.multipliedBy(5));
    }

    @Test
    void theCalendarGoesByTheWallClockInItsZone() {
        scenario.startAll();
        scenario.on("db").launched();

        assertThat(next(AT_3)).contains("2026-01-01T03:00:00Z");
        Trigger.Calendar hosts =
                new Trigger.Calendar(CronSchedule.of("0 3 * * *"), Optional.empty(), Duration.ZERO, false);
        assertThat(next(hosts)).contains("2026-01-01T18:00:00Z");
    }

    @Test
    void aTimeThatPassedWhileThereWasNoSupervisorIsStillDue() {
        scenario.startAll();
        scenario.on("db").launched();
        job.after(Duration.ofHours(5));

        assertThat(next(AT_3)).contains("2026-01-01T03:00:00Z");
        due().launched().exits(0);
        assertThat(next(AT_3)).contains("2026-01-02T03:00:00Z");
    }

    @Test
    void aTimeThatPassedWhileTheProjectWasDownIsMadeUpForOnce() {
        scenario.startAll();
        scenario.on("db").launched();
        Optional<Instant> stamp = Optional.of(Instant.parse("2025-12-24T03:00:01Z"));

        assertThat(next(AT_3, stamp, scenario.now())).contains("2025-12-25T03:00:00Z");
        due().launched().exits(0);
        assertThat(next(AT_3, stamp, scenario.now())).contains("2026-01-01T03:00:00Z");
    }

    @Test
    void aClockThatIsSetForwardMakesDueWhatItPassed() {
        scenario.startAll();

        assertThat(next(AT_3, Optional.empty(), wall("2026-01-01T08:00:00Z"))).contains("2026-01-01T03:00:00Z");
    }

    @Test
    void aClockThatIsCorrectedBackRepeatsNothing() {
        scenario.startAll();
        scenario.on("db").launched();
        job.after(MIN.multipliedBy(120)); // 03:00
        due().launched().exits(0);

        assertThat(next(AT_3, Optional.empty(), wall("2026-01-01T02:10:00Z"))).contains("2026-01-02T03:00:00Z");
    }

    @Test
    void aClockThatWasWrongIsNotWaitedFor() {
        scenario.startAll();

        assertThat(next(AT_3, Optional.empty(), wall("2020-05-05T12:00:00Z"))).contains("2020-05-06T03:00:00Z");
    }

    @Test
    void jitterIsTheSameForWhoeverAsksAndLessThanItsLimit() {
        Trigger.Every spread = new Trigger.Every(MIN, MIN, Duration.ofSeconds(30));
        for (long time = 0; time < 1_000; time++) {
            Duration delay = Timetable.delay(spread, 7, time);
            assertThat(delay).isBetween(Duration.ZERO, Duration.ofSeconds(30));
            assertThat(Timetable.delay(spread, 7, time)).isEqualTo(delay);
        }
        assertThat(Timetable.delay(spread, 7, 1)).isNotEqualTo(Timetable.delay(spread, 8, 1));
        assertThat(Timetable.delay(EVERY_10_MIN, 7, 1)).isZero();
    }
}

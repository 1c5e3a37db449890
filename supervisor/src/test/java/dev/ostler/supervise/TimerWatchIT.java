package dev.ostler.supervise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ostler.base.Clock;
import dev.ostler.base.CronSchedule;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.ClockTimerFdIT;
import dev.ostler.linux.SystemClock;
import dev.ostler.loop.EventLoop;
import dev.ostler.output.Logs;
import dev.ostler.service.Event;
import dev.ostler.service.Moment;
import dev.ostler.service.Project;
import dev.ostler.service.RestartGovernor;
import dev.ostler.service.ServiceMachine;
import dev.ostler.spec.ProjectSpec;
import dev.ostler.spec.Trigger;
import dev.ostler.testing.ServiceSpecBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the kernel's timers, and a wall clock that only the test sets. */
class TimerWatchIT {
    private static final ServiceName JOB = new ServiceName("job");

    @TempDir
    Path directory;

    private final ShiftedClock clock = new ShiftedClock();
    private final EventLoop loop = new EventLoop(clock);
    private final Logs logs = new Logs(Optional.empty(), Optional.empty(), clock, loop.inbox()::post);
    private final List<ServiceName> started = new ArrayList<>();

    /** The wall clock of the host, set to another time. */
    private static final class ShiftedClock implements Clock {
        private final Clock host = new SystemClock();
        private Duration shift = Duration.ZERO;

        @Override
        public long monotonicNanos() {
            return host.monotonicNanos();
        }

        @Override
        public Instant wall() {
            return host.wall().plus(shift);
        }
    }

    @AfterEach
    void close() {
        logs.close();
        loop.close();
    }

    private TimerWatch watch(Trigger.Timed trigger) {
        Moment now = Moment.now(clock);
        ProjectSpec spec = new ProjectSpec(
                Path.of("/srv"), List.of(ServiceSpecBuilder.service("job").build()));
        Project project = new Project(spec, new ServiceMachine(new RestartGovernor(() -> 0)), now);
        project.accept(JOB, new Event.Armed(), now);
        TimerStamps stamps = new TimerStamps(Optional.of(directory), new OffLoop(loop, clock));
        TimerWatch watch = new TimerWatch(loop, clock, logs, stamps, project::status, started::add);
        watch.set(JOB, trigger, true);
        watch.settle();
        return watch;
    }

    private static Trigger.Calendar calendar(String schedule, boolean persistent) {
        return new Trigger.Calendar(CronSchedule.of(schedule), Optional.of(ZoneOffset.UTC), Duration.ZERO, persistent);
    }

    private void turnUntil(BooleanSupplier condition) {
        for (int i = 0; i < 300 && !condition.getAsBoolean(); i++) {
            loop.runOnce(Duration.ofMillis(100));
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    @Test
    void anIntervalStartsItAgainAndAgain() {
        watch(new Trigger.Every(Duration.ofMillis(5), Duration.ofMillis(1), Duration.ZERO));

        turnUntil(() -> started.size() == 3);
    }

    @Test
    void aClockThatIsSetForwardStartsWhatIsDueAtOnceAndOnlyOnce() {
        ClockTimerFdIT.needClock();
        TimerWatch watch = watch(calendar("@yearly", false));
        assertThat(watch.next(JOB)).isPresent();
        assertThat(loop.runOnce(Duration.ZERO)).isZero();

        clock.shift = Duration.ofDays(366);
        ClockTimerFdIT.setClock(); // the kernel tells

        turnUntil(() -> !started.isEmpty());
        assertThat(watch.next(JOB).orElseThrow()).isAfter(clock.wall());
        assertThat(loop.runOnce(Duration.ZERO)).isZero();
        assertThat(started).containsExactly(JOB);
    }

    @Test
    void aClockThatIsSetBackPlansAnew() {
        ClockTimerFdIT.needClock();
        TimerWatch watch = watch(calendar("@hourly", false));
        clock.shift = Duration.ofDays(-3650);
        ClockTimerFdIT.setClock();

        turnUntil(() -> watch.next(JOB).orElseThrow().isBefore(clock.wall().plus(Duration.ofHours(1))));
        assertThat(started).isEmpty();
    }

    @Test
    void whatPassedWhileTheProjectWasDownIsMadeUpForOnce() throws IOException {
        Files.writeString(directory.resolve("job.timer"), "2020-01-01T00:00:00Z\n");

        TimerWatch watch = watch(calendar("@yearly", true));
        turnUntil(() -> !started.isEmpty());

        turnUntil(() -> !stamp().startsWith("2020"));
        assertThat(watch.next(JOB).orElseThrow()).isAfter(clock.wall());
        assertThat(started).containsExactly(JOB);
    }

    @Test
    void withoutAStampNothingHasBeenMissedAndItIsKeptFromNowOn() throws IOException {
        Files.writeString(directory.resolve("job.timer"), "20");

        TimerWatch watch = watch(calendar("@yearly", true));
        turnUntil(() -> watch.next(JOB).isPresent());

        assertThat(started).isEmpty();
        assertThat(Instant.parse(stamp().strip())).isBeforeOrEqualTo(clock.wall());
    }

    @Test
    void whatIsRemovedBeforeItsStampIsReadIsNotStarted() throws IOException {
        Files.writeString(directory.resolve("job.timer"), "2020-01-01T00:00:00Z\n");
        TimerWatch watch = watch(calendar("@yearly", true));
        watch.remove(JOB);

        assertThat(loop.runOnce(Duration.ofSeconds(30))).isPositive(); // the answer
        loop.runOnce(Duration.ZERO);
        assertThat(started).isEmpty();
        assertThat(watch.next(JOB)).isEmpty();
    }

    private String stamp() {
        try {
            return Files.readString(directory.resolve("job.timer"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

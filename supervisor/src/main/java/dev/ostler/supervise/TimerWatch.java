package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.base.RunKey;
import dev.ostler.base.ServiceName;
import dev.ostler.linux.ClockTimerFd;
import dev.ostler.linux.KernelException;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Registration;
import dev.ostler.loop.Timer;
import dev.ostler.output.Logs;
import dev.ostler.service.Moment;
import dev.ostler.service.ServiceStatus;
import dev.ostler.service.Timetable;
import dev.ostler.spec.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts services when their time comes. What is due by the calendar waits in one timerfd of the wall clock, which tells when
 * the clock is set, too; everything else in the loop's own. Loop thread only.
 */
final class TimerWatch {
    private static final Duration RETRY_INTERVAL = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(TimerWatch.class);

    private final EventLoop loop;
    private final Clock clock;
    private final Logs logs;
    private final TimerStamps stamps;
    private final Function<ServiceName, ServiceStatus> statuses;
    private final Consumer<ServiceName> onTime;
    private final Map<ServiceName, Entry> entries = new HashMap<>();
    private Optional<ClockTimerFd> wallTimer = Optional.empty();
    private Optional<Timer> retry = Optional.empty();
    private Optional<Registration> registration = Optional.empty();

    /** One service, and what is planned for it. */
    private static final class Entry {
        final ServiceName service;
        Trigger.Timed trigger;
        ServiceStatus status;
        boolean counts;
        boolean waitsForStamp;
        long handledNanos;
        Optional<Instant> handled = Optional.empty();
        Optional<Instant> planned = Optional.empty();
        Optional<Instant> due = Optional.empty();
        Optional<Timer> timer = Optional.empty();

        Entry(ServiceName service) {
            this.service = service;
        }

        boolean waitsForClock() {
            return planned.isPresent() && timer.isEmpty();
        }
    }

    /** @param onTime starts a service */
    TimerWatch(
            EventLoop loop,
            Clock clock,
            Logs logs,
            TimerStamps stamps,
            Function<ServiceName, ServiceStatus> statuses,
            Consumer<ServiceName> onTime) {
        this.loop = loop;
        this.clock = clock;
        this.logs = logs;
        this.stamps = stamps;
        this.statuses = statuses;
        this.onTime = onTime;
    }

    /** A service as it is now. @param counts whether its time may start it, and whether that would be too early is for it */
    void set(ServiceName service, Trigger.Timed trigger, boolean counts) {
        Entry entry = entries.computeIfAbsent(service, Entry::new);
        ServiceStatus status = statuses.apply(service);
        if (status == entry.status && counts == entry.counts && trigger.equals(entry.trigger)) {
            return;
        }
        boolean isNew = entry.status == null;
        entry.status = status;
        entry.counts = counts;
        entry.trigger = trigger;
        boolean mayHaveMissed = trigger instanceof Trigger.Calendar calendar && calendar.persistent();
        if (isNew && mayHaveMissed && status.run().number() == 0) {
            entry.waitsForStamp = true;
            stamps.readOrBegin(service, clock.wall(), stamp -> {
                if (entries.get(service) != entry) {
                    return; // it is no more, or another
                }
                entry.waitsForStamp = false;
                entry.handled = Optional.of(stamp);
                plan(entry);
                settle();
            });
        }
        plan(entry);
    }

    /** Those that are no more, or are started by something else. */
    void remove(ServiceName service) {
        Entry entry = entries.remove(service);
        if (entry != null) {
            clear(entry);
        }
    }

    /** When its time comes next, jitter included. */
    Optional<Instant> next(ServiceName service) {
        return Optional.ofNullable(entries.get(service)).flatMap(entry -> entry.due);
    }

    private static void clear(Entry entry) {
        entry.timer.ifPresent(Timer::cancel);
        entry.timer = Optional.empty();
        entry.planned = Optional.empty();
        entry.due = Optional.empty();
    }

    private void plan(Entry entry) {
        clear(entry);
        if (!entry.counts || entry.waitsForStamp) {
            return;
        }
        if (entry.trigger instanceof Trigger.Every every) {
            plan(entry, every);
        } else {
            plan(entry, (Trigger.Calendar) entry.trigger);
        }
    }

    private void plan(Entry entry, Trigger.Every every) {
        Timetable.next(every, entry.status, entry.handledNanos).ifPresent(planned -> {
            long due = planned + delay(entry, planned).toNanos();
            entry.due = Optional.of(clock.wall().plusNanos(due - clock.monotonicNanos()));
            entry.timer = Optional.of(loop.timers().schedule(due, () -> fire(entry)));
        });
    }

    private void plan(Entry entry, Trigger.Calendar calendar) {
        Moment now = Moment.now(clock);
        entry.planned = Timetable.next(calendar, entry.status, entry.handled, now, ZoneId.systemDefault());
        entry.due = entry.planned.map(planned -> planned.plus(delay(entry, planned.getEpochSecond())));
        if (entry.due.filter(due -> !due.isAfter(now.wall())).isPresent()) {
            entry.timer = Optional.of(loop.timers().schedule(now.monotonicNanos(), () -> fire(entry)));
        }
    }

    private static Duration delay(Entry entry, long time) {
        return entry.trigger.jitter().isZero()
                ? Duration.ZERO
                : Timetable.delay(entry.trigger, BootId.seed() + entry.service.hashCode(), time);
    }

    private void fire(Entry entry) {
        Optional<Instant> due = entry.due;
        entry.handledNanos = clock.monotonicNanos(); // with all that was due before
        entry.handled = Optional.of(clock.wall());
        clear(entry);
        if (entry.trigger instanceof Trigger.Calendar calendar && calendar.persistent()) {
            stamps.write(entry.service, clock.wall());
        }
        ServiceStatus status = statuses.apply(entry.service);
        if (status.isIdle()) {
            onTime.accept(entry.service);
        } else {
            skipped(status, due.orElseThrow());
        }
        plan(entry);
        settle();
    }

    private void skipped(ServiceStatus status, Instant due) {
        String text = "was due at " + due.truncatedTo(ChronoUnit.SECONDS) + ", skipped, as it is " + status.state();
        LOG.info(
                "service={} run={} event=timer-skipped reason=\"{}\"",
                status.name(),
                status.run().number(),
                text);
        if (status.run().number() > 0) {
            logs.event(new RunKey(status.name(), status.run().number()), text);
        }
    }

    /** After all that has changed was told: the earliest time of the calendar is waited for. */
    void settle() {
        Optional<Instant> earliest = earliest();
        if (earliest.isPresent()) {
            if (wallTimer.isEmpty() && !opens()) {
                return;
            }
            while (earliest.isPresent() && wallTimer.orElseThrow().arm(earliest.get())) {
                planAnew(); // the clock was set after this was planned
                earliest = earliest();
            }
        } else if (wallTimer.isPresent()) {
            registration.orElseThrow().close();
            wallTimer.get().close();
            registration = Optional.empty();
            wallTimer = Optional.empty();
        }
    }

    private Optional<Instant> earliest() {
        return entries.values().stream()
                .filter(Entry::waitsForClock)
                .flatMap(entry -> entry.due.stream())
                .min(Comparator.naturalOrder());
    }

    /** False when the kernel has no descriptor left: tried again soon. */
    private boolean opens() {
        if (retry.isPresent()) {
            return false;
        }
        try {
            open();
            return true;
        } catch (KernelException e) {
            LOG.warn("event=clock-not-watched reason=\"{}\"", e.getMessage());
            long soon = clock.monotonicNanos() + RETRY_INTERVAL.toNanos();
            retry = Optional.of(loop.timers().schedule(soon, () -> {
                retry = Optional.empty();
                planAnew();
                settle();
            }));
            return false;
        }
    }

    private void open() {
        ClockTimerFd opened = ClockTimerFd.create();
        registration = Optional.of(loop.registerOrClose(opened.fd(), opened::close, (events, now) -> clockWoke()));
        wallTimer = Optional.of(opened);
    }

    /** Something is due, or the clock was set: both are seen by looking at it. */
    private void clockWoke() {
        wallTimer.orElseThrow().drain();
        planAnew();
        settle();
    }

    private void planAnew() {
        entries.values().stream().filter(Entry::waitsForClock).forEach(this::plan);
    }
}

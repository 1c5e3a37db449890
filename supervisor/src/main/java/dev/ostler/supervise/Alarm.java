package dev.ostler.supervise;

import dev.ostler.loop.Timer;
import dev.ostler.loop.TimerQueue;
import java.util.Optional;
import java.util.OptionalLong;

/** One timer that is set again and again. Loop thread only. */
final class Alarm {
    private final TimerQueue timers;
    private final Runnable action;
    private Optional<Timer> timer = Optional.empty();

    Alarm(TimerQueue timers, Runnable action) {
        this.timers = timers;
        this.action = action;
    }

    /** @param deadlineNanos CLOCK_MONOTONIC; in place of the one before */
    void set(OptionalLong deadlineNanos) {
        long armed = timer.isPresent() && timer.get().isPending() ? timer.get().deadlineNanos() : TimerQueue.NONE;
        if (armed != deadlineNanos.orElse(TimerQueue.NONE)) {
            timer.ifPresent(Timer::cancel);
            timer = deadlineNanos.isPresent()
                    ? Optional.of(timers.schedule(deadlineNanos.getAsLong(), action))
                    : Optional.empty();
        }
    }
}

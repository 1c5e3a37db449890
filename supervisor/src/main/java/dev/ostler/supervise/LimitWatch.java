package dev.ostler.supervise;

import dev.ostler.base.Clock;
import dev.ostler.cgroup.LimitCounts;
import dev.ostler.cgroup.LimitEvents;
import dev.ostler.loop.EventLoop;
import dev.ostler.loop.Priority;
import dev.ostler.loop.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/** Tells when the kernel kills processes of a run for its memory limit. Loop thread only. */
final class LimitWatch implements AutoCloseable {
    /** Version 1 tells that it is going to kill, and counts when it has. */
    private static final Duration UNTIL_COUNTED = Duration.ofMillis(50);

    /** A process that is killed gives its memory back before it has ended: seconds, if that is a lot. */
    private static final Duration DEATH = Duration.ofSeconds(5);

    private final EventLoop loop;
    private final Clock clock;
    private final LimitEvents events;
    private final Consumer<LimitCounts> onKill;
    private final Optional<Registration> registration;
    private long told;
    private long toldNanos;
    private boolean closed;

    /** @param onKill called with each growth of the count */
    LimitWatch(EventLoop loop, Clock clock, LimitEvents events, Consumer<LimitCounts> onKill) {
        this.loop = loop;
        this.clock = clock;
        this.events = events;
        this.onKill = onKill;
        registration = events.fd()
                .map(fd -> loop.register(Priority.EXITS, fd, events.epollEvents(), (ready, now) -> memoryRanOut()));
    }

    private void memoryRanOut() {
        events.acknowledge();
        look();
        loop.timers().schedule(clock.monotonicNanos() + UNTIL_COUNTED.toNanos(), this::look);
    }

    private void look() {
        if (closed) {
            return;
        }
        LimitCounts counts = events.counts();
        if (counts.oomKills() > told) {
            told = counts.oomKills();
            toldNanos = clock.monotonicNanos();
            onKill.accept(counts);
        }
    }

    LimitCounts counts() {
        return events.counts();
    }

    /** Whether a kill may be the reason of an end by SIGKILL that has just been seen. */
    boolean explainsKill(LimitCounts atEnd) {
        return atEnd.oomKills() > told || told > 0 && clock.monotonicNanos() - toldNanos <= DEATH.toNanos();
    }

    @Override
    public void close() {
        closed = true;
        registration.ifPresent(Registration::close);
        events.close();
    }
}

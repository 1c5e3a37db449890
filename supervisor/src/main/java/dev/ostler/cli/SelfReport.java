package dev.ostler.cli;

import dev.ostler.base.Clock;
import dev.ostler.keeper.KeeperClient;
import dev.ostler.linux.ThreadUsage;
import dev.ostler.loop.EventLoop;
import java.io.File;
import java.time.Duration;

/** The {@code status --self} command: what the supervisor itself does. Loop thread only, as that is whose figures it tells. */
final class SelfReport {
    private final EventLoop loop;
    private final KeeperClient keeper;
    private final Clock clock;
    private final long startNanos;

    SelfReport(EventLoop loop, KeeperClient keeper, Clock clock) {
        this.loop = loop;
        this.keeper = keeper;
        this.clock = clock;
        this.startNanos = clock.monotonicNanos();
    }

    String text() {
        Runtime runtime = Runtime.getRuntime();
        String[] descriptors = new File("/proc/self/fd").list();
        return SelfText.of(new SelfText.Facts(
                Duration.ofNanos(clock.monotonicNanos() - startNanos),
                ThreadUsage.ofThisThread(),
                loop.turns(),
                loop.timers().size(),
                loop.inbox().size(),
                keeper.waiting(),
                Thread.activeCount(),
                descriptors == null ? 0 : descriptors.length - 1, // less the one that lists them
                runtime.totalMemory() - runtime.freeMemory()));
    }
}

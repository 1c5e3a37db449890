package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ostler.base.Pid;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** The clock is only ever set to what it shows. */
public class ClockTimerFdIT {
    private static final int CAP_SYS_TIME = 25;
    private static final Instant FAR = Instant.parse("2100-01-01T00:00:00Z");

    /** Skips the test, saying why, unless the clock can be set. */
    public static void needClock() {
        long capabilities = ProcStatus.of(new Pid((int) ProcessHandle.current().pid()))
                .capabilities()
                .effective();
        assumeTrue((capabilities & 1L << CAP_SYS_TIME) != 0, "skipped: needs CAP_SYS_TIME");
    }

    /** Sets the clock of the host to the time it has. */
    public static void setClock() {
        NativeBuffer timespec = NativeBuffer.allocate(16);
        assertThat(TestLibC.C.clock_gettime(LinuxConstants.CLOCK_REALTIME, timespec.pointer()))
                .isZero();
        assertThat(TestLibC.C.clock_settime(LinuxConstants.CLOCK_REALTIME, timespec.pointer()))
                .isZero();
    }

    @Test
    void wakesAtItsTime() {
        try (ClockTimerFd timer = ClockTimerFd.create()) {
            timer.arm(new SystemClock().wall().plusMillis(2));
            assertThat(wakes(timer, 20_000)).isTrue();
            timer.drain();
            assertThat(wakes(timer, 0)).isFalse();
            timer.arm(Instant.EPOCH.minusSeconds(5));
            assertThat(wakes(timer, 20_000)).isTrue();
        }
    }

    @Test
    void wakesWhenTheClockIsSetAndCanBeArmedAgain() {
        needClock();
        try (ClockTimerFd timer = ClockTimerFd.create()) {
            timer.arm(FAR);
            assertThat(wakes(timer, 0)).isFalse();

            setClock();
            assertThat(wakes(timer, 20_000)).isTrue();
            timer.drain();
            assertThat(timer.arm(FAR)).isFalse();
            assertThat(wakes(timer, 0)).isFalse();
        }
    }

    @Test
    void tellsWhenItIsArmedThatTheClockWasSetBefore() {
        needClock();
        try (ClockTimerFd timer = ClockTimerFd.create()) {
            assertThat(timer.arm(FAR)).isFalse();
            setClock();
            boolean told = timer.arm(FAR);
            assertThat(timer.arm(FAR)).isFalse();
            assertThat(told).isTrue();
        }
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::wakesAtItsTime);
    }

    private static boolean wakes(ClockTimerFd timer, int timeoutMillis) {
        try (Epoll epoll = Epoll.create(1)) {
            epoll.add(timer.fd(), EPOLLIN, 0);
            return epoll.await(timeoutMillis) == 1;
        }
    }
}

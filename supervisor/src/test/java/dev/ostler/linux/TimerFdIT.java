package dev.ostler.linux;

import static dev.ostler.linux.LinuxConstants.EPOLLIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TimerFdIT {
    private final SystemClock clock = new SystemClock();

    @Test
    void firesAtItsDeadlineAndNotBefore() {
        try (TimerFd timer = TimerFd.create(TimerFd.TimeBase.MONOTONIC)) {
            long deadline = clock.monotonicNanos() + 2_000_000;
            timer.arm(deadline);

            assertThat(fires(timer, 20_000)).isTrue();
            assertThat(clock.monotonicNanos()).isGreaterThanOrEqualTo(deadline);
            assertThat(timer.read()).isTrue();
            assertThat(timer.read()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPastDeadlineFiresAtOnce(TimerFd.TimeBase base) {
        try (TimerFd timer = TimerFd.create(base)) {
            timer.arm(0);
            assertThat(fires(timer, 20_000)).isTrue();
            timer.arm(-5);
            assertThat(fires(timer, 20_000)).isTrue();
        }
    }

    @Test
    void aDisarmedOneStaysSilent() {
        try (TimerFd timer = TimerFd.create(TimerFd.TimeBase.MONOTONIC)) {
            timer.arm(1);
            timer.disarm();

            assertThat(fires(timer, 0)).isFalse();
            assertThat(timer.read()).isFalse();
        }
    }

    @Test
    void aNewDeadlineReplacesTheOldOne() {
        try (TimerFd timer = TimerFd.create(TimerFd.TimeBase.MONOTONIC)) {
            timer.arm(1);
            timer.arm(clock.monotonicNanos() + 3_600_000_000_000L);

            assertThat(fires(timer, 0)).isFalse();
        }
    }

    @Test
    void aClosedOneIsRefused() {
        TimerFd timer = TimerFd.create(TimerFd.TimeBase.MONOTONIC);
        timer.close();

        assertThatThrownBy(() -> timer.arm(1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void leavesNothingOpen() throws Exception {
        OpenDescriptors.assertNoLeak(this::aDisarmedOneStaysSilent);
    }

    private static boolean fires(TimerFd timer, int timeoutMillis) {
        try (Epoll epoll = Epoll.create(1)) {
            epoll.add(timer.fd(), EPOLLIN, 0);
            return epoll.await(timeoutMillis) == 1;
        }
    }
}
